import { Option } from 'commander';
import { readAccountTokens } from '../config/account-tokens.ts';

/** What a command takes that sends webhooks. */
export interface CallbackTokenOptions {
  callbackToken?: string;
}

/** What the sandbox sends, and a gateway takes that uses it. */
const sandboxToken = 'sandbox-callback-token';

export function callbackTokenOption(): Option {
  return new Option(
    '--callback-token <token>',
    'the x-callback-token; that of XENDIT_CALLBACK_TOKENS or ACCOUNT_CALLBACK_TOKENS, or the sandbox’s, unless told',
  );
}

/**
 * What proves a webhook: as told, or as the gateway would read it out of the same environment.
 *
 * @param account empty for the owner of the key.
 */
export function callbackTokenFor({ callbackToken }: CallbackTokenOptions, account = ''): string {
  if (callbackToken !== undefined) return callbackToken;
  const { XENDIT_CALLBACK_TOKENS, ACCOUNT_CALLBACK_TOKENS } = process.env;
  const [own] = readAccountTokens(entriesOf(ACCOUNT_CALLBACK_TOKENS), [], []).get(account) ?? [];
  return own ?? entriesOf(XENDIT_CALLBACK_TOKENS)[0] ?? sandboxToken;
}

function entriesOf(text = ''): string[] {
  const entries = text.split(',').map((entry) => entry.trim());
  return entries.filter((entry) => entry !== '');
}
