import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Sandbox } from '../sandbox/server.ts';

/** Any such key opens the sandbox. */
export const sandboxKey = 'xnd_development_sandbox';

/** Calls and webhooks that the sandbox remembers, for whoever looks into what it did. */
const recordLimit = 1_000;

/**
 * Starts a stand-in Xendit at `sandboxPort`. It delivers to `sandboxWebhookUrls` by turns, until it is told another address.
 *
 * @param host where it listens; loopback unless told.
 * @throws Error the port is taken.
 */
export async function openSandbox(
  { sandboxPort, sandboxWebhookUrls, callbackTokens: [ownersToken], accountCallbackTokens }: Config,
  log: Log,
  host?: string,
): Promise<Sandbox> {
  const { startSandbox } = await import('../sandbox/server.ts');
  let turn = 0;
  return startSandbox({
    port: sandboxPort,
    ...(host !== undefined && { host }),
    webhookUrl: (account) => {
      const url = sandboxWebhookUrls[turn++ % sandboxWebhookUrls.length];
      return url === undefined || account === '' ? url : `${url}/${encodeURIComponent(account)}`;
    },
    recordLimit,
    onLog: ({ kind, ...line }) => {
      const isRefused = kind === 'delivery' && 'isAcknowledged' in line && !line.isAcknowledged;
      if (isRefused) log.warn(line, 'the sandbox could not deliver a webhook; it tries again as Xendit does');
      else log.debug(line, `sandbox ${kind}`);
    },
    ...(ownersToken !== undefined && {
      callbackToken: (account) => accountCallbackTokens.get(account)?.[0] ?? ownersToken,
    }),
  });
}
