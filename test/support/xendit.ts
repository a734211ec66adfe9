import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts';
import type { Scope } from './database.ts';

/**
 * A sandbox of the test's own, with the settings by which a gateway takes it for Xendit, and asks who is calling; with those of
 * `open` it takes it for a sandbox, and lets everybody in.
 */
export async function startXendit(
  t: Scope,
  options: SandboxOptions = {},
): Promise<{ xendit: Sandbox; environment: Record<string, string>; open: Record<string, string> }> {
  const xendit = await startSandbox({ requestsPerMinute: 1_000_000, ...options });
  t.after(() => xendit.close());
  const open = {
    XENDIT_BASE_URL: xendit.url,
    XENDIT_CALLBACK_TOKENS: 'sandbox-callback-token',
    XENDIT_REQUESTS_PER_MINUTE: '1000000',
  };
  return { xendit, environment: { ...open, XENDIT_SECRET_KEY: 'xnd_development_test' }, open };
}

/** As a payer or a merchant's own system speaks to Xendit, past the gateway. */
export async function callXendit(xendit: Sandbox, method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(xendit.url + path, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from('xnd_development_other:').toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return answer.json();
}
