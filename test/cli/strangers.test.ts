import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';

const program = join(import.meta.dirname, '../../src/cli.ts');

function trigger(args: readonly string[], environment: Record<string, string> = {}) {
  return new Promise<{ code: unknown; said: string }>((resolve) => {
    const env = { PATH: process.env.PATH, ...environment };
    execFile(process.execPath, [program, 'trigger', 'qr.payment', ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, said: stdout + stderr }),
    );
  });
}

test('the callback token of the environment goes to no stranger', async () => {
  const environment = { XENDIT_CALLBACK_TOKENS: 'a real one' };
  const { code, said } = await trigger(['--to', 'http://stranger.invalid/webhook'], environment);
  assert.equal(code, 2);
  assert.match(said, /http:\/\/stranger\.invalid is not told the token .*--callback-token/);
});

test('a live gateway is sent nothing made up, unless told', async (t) => {
  const asked: string[] = [];
  const gateway = createServer(({ method, url }, answer) => {
    asked.push(`${method} ${url}`);
    answer.end(url === '/about' ? '{"mode":"live"}' : '{}');
  }).listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  t.after(() => gateway.close());
  const url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  const { code, said } = await trigger(['--url', url]);
  assert.equal(code, 2);
  assert.match(said, /is live, and made-up payments would be kept among real ones/);
  assert.deepEqual(asked, ['GET /about']);
  await trigger(['--url', url, '--live']);
  assert.deepEqual(asked.slice(1), ['POST /webhooks/xendit']);
});
