import { Option } from 'commander';
import { readAccountTokens } from '../config/account-tokens.ts';
import { isLoopback } from '../config/loopback.ts';
import { misused } from './command-error.ts';

/** What a command takes that sends webhooks. */
export interface CallbackTokenOptions {
  callbackToken?: string;
  /** The gateway's. */
  url: string;
}

/** What the sandbox sends, and a gateway takes that uses it. */
const sandboxToken = 'sandbox-callback-token';

export function callbackTokenOption(): Option {
  return new Option(
    '--callback-token <token>',
    'the x-callback-token; to the gateway and to this machine that of XENDIT_CALLBACK_TOKENS or ACCOUNT_CALLBACK_TOKENS, or the sandbox’s, unless told',
  );
}

/**
 * What proves a webhook: as told, or as the gateway would read it out of the same environment. Whoever has that can make up
 * webhooks, so that it goes to the gateway and to this machine only.
 *
 * @param to where webhooks are sent.
 * @param account empty for the owner of the key.
 * @throws CommandError MISUSED it would go to somebody else.
 */
export function callbackTokenFor(
  { callbackToken, url }: CallbackTokenOptions,
  to: readonly string[],
  account = '',
): string {
  if (callbackToken !== undefined) return callbackToken;
  const { XENDIT_CALLBACK_TOKENS, ACCOUNT_CALLBACK_TOKENS } = process.env;
  const [own] = readAccountTokens(entriesOf(ACCOUNT_CALLBACK_TOKENS), [], []).get(account) ?? [];
  const kept = own ?? entriesOf(XENDIT_CALLBACK_TOKENS)[0];
  const stranger = to.find((one) => !isLoopback(new URL(one)) && new URL(one).origin !== new URL(url).origin);
  if (kept !== undefined && stranger !== undefined)
    throw misused(`${new URL(stranger).origin} is not told the token of this environment: say --callback-token`);
  return kept ?? sandboxToken;
}

function entriesOf(text = ''): string[] {
  const entries = text.split(',').map((entry) => entry.trim());
  return entries.filter((entry) => entry !== '');
}
