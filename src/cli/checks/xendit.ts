import { xenditApi } from '../../config/setting.ts';
import type { Config } from '../../config.ts';
import { GatewayError } from '../../errors.ts';
import { getBalance } from '../../xendit/balance.ts';
import { openXendit } from '../../xendit/client.ts';
import { XenditError } from '../../xendit/errors.ts';
import { reasonOf } from '../command-error.ts';
import { type Check, ok, problem, warning } from './check.ts';

/** Asks Xendit for the balance, which changes nothing and needs a key that holds. */
export async function checkXendit(config: Config, timeoutMs: number): Promise<Check> {
  const { xenditSecretKey, xenditBaseUrl } = config;
  if (xenditSecretKey === undefined && xenditBaseUrl === xenditApi)
    return ok('xendit', 'a sandbox plays Xendit: no money moves');
  const xendit = openXendit({
    baseUrl: xenditBaseUrl,
    secretKey: xenditSecretKey ?? 'xnd_development_sandbox',
    timeoutMs,
    connectTimeoutMs: timeoutMs,
    connections: 1,
  });
  const mode = modeOf(xenditSecretKey);
  try {
    await getBalance(xendit, '');
    return ok('xendit', `${xenditBaseUrl} answers, and takes ${mode}`);
  } catch (error) {
    return explain(error, xenditBaseUrl, mode);
  } finally {
    await xendit.close();
  }
}

function modeOf(key: string | undefined): string {
  if (key === undefined) return 'any key: it is a sandbox';
  if (key.startsWith('xnd_production_')) return 'the live key: real money moves';
  return key.startsWith('xnd_development_')
    ? 'the test key: no money moves'
    : 'the key, of a mode that can not be told';
}

function explain(error: unknown, url: string, mode: string): Check {
  const status = error instanceof XenditError ? error.status : undefined;
  if (status === 401)
    return problem(
      'xendit',
      `${url} does not take the key`,
      'copy a secret key from Settings, API keys in Xendit’s dashboard',
    );
  if (status === 403)
    return warning(
      'xendit',
      `${url} takes ${mode}, and does not show it the balance`,
      'give it read permission for Balance, if `balance` is to be asked for, and write permission for Money-in',
    );
  if (status !== undefined)
    return warning(
      'xendit',
      `${url} answered ${status} to GET /balance`,
      'try again, and look at https://status.xendit.co',
    );
  const reason = error instanceof GatewayError ? error.message : reasonOf(error);
  return problem('xendit', `${url}: ${reason}`, 'let this machine reach it, or mend XENDIT_BASE_URL');
}
