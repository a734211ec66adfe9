import { isLoopback } from '../../config/loopback.ts';
import type { Config } from '../../config.ts';
import { reasonOf } from '../command-error.ts';
import { type Check, ok, problem, warning } from './check.ts';

/** Whether there is anything by which a webhook can be proved. */
export function checkCallbackTokens({ callbackTokens, xenditSecretKey }: Config): Check {
  if (callbackTokens.length === 0)
    return problem(
      'callback-tokens',
      'XENDIT_CALLBACK_TOKENS is not set: every webhook is refused',
      'copy the webhook verification token from Settings, Webhooks in Xendit’s dashboard',
    );
  const count = `${callbackTokens.length} ${callbackTokens.length === 1 ? 'token' : 'tokens'}`;
  return ok('callback-tokens', xenditSecretKey === undefined ? `${count}, for the sandbox` : count);
}

/** Whether what stands at `PUBLIC_URL` is a gateway with the same token. Nothing is stored by it. */
export async function checkReach(config: Config, timeoutMs: number): Promise<Check> {
  const { publicUrl, xenditSecretKey, callbackTokens } = config;
  if (publicUrl === undefined) {
    return xenditSecretKey === undefined
      ? ok('webhooks', 'the sandbox reaches this machine without PUBLIC_URL')
      : warning(
          'webhooks',
          'PUBLIC_URL is not set: Xendit can not reach this gateway',
          'set it to the address of your proxy or tunnel, and name PUBLIC_URL/webhooks/xendit in Xendit’s dashboard; until then what changed is asked for',
        );
  }
  const address = `${publicUrl}/webhooks/xendit`;
  const { protocol } = new URL(publicUrl);
  if (xenditSecretKey !== undefined && isLoopback(new URL(publicUrl)))
    return problem(
      'webhooks',
      `${address} is this machine: Xendit can not reach it`,
      'set PUBLIC_URL to what the internet reaches',
    );
  try {
    return toCheck(address, await probe(address, callbackTokens[0], timeoutMs), protocol === 'https:');
  } catch (error) {
    return problem(
      'webhooks',
      `${address}: ${reasonOf(error)}`,
      'start the gateway, and let your proxy or tunnel lead there',
    );
  }
}

/**
 * The gateway looks at the token before anything else, then refuses a body with a content-encoding unread: so the answer says
 * whether it is a gateway that takes this token, and nothing is kept.
 */
async function probe(address: string, token: string | undefined, timeoutMs: number): Promise<number> {
  const ask = (headers: Record<string, string>) =>
    fetch(address, { method: 'POST', headers, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
  const unproved = await ask({});
  await unproved.body?.cancel();
  if (unproved.status !== 401 || token === undefined) return unproved.status;
  const proved = await ask({ 'x-callback-token': token, 'content-encoding': 'identity' });
  await proved.body?.cancel();
  return proved.status === 401 ? wrongToken : proved.status;
}

const wrongToken = -1;

function toCheck(address: string, status: number, isEncrypted: boolean): Check {
  if (status === wrongToken)
    return problem(
      'webhooks',
      `the gateway at ${address} takes another token`,
      'give both the same XENDIT_CALLBACK_TOKENS',
    );
  if (status !== 415 && status !== 401)
    return problem(
      'webhooks',
      `${address} answered ${status}: that is no gateway`,
      'lead PUBLIC_URL to the gateway, with all paths below it',
    );
  const found = `${address} is reached from here${status === 415 ? ' and takes the token' : ''}`;
  return isEncrypted
    ? ok('webhooks', found)
    : warning('webhooks', found, 'let PUBLIC_URL begin with https://, so that nobody reads along');
}
