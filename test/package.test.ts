import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { type Scope, temporaryFolder } from './support/database.ts';

const root = join(import.meta.dirname, '..');
/** This Node, and the tools of this project, before any others. */
const PATH = [dirname(process.execPath), join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);
const run = promisify(execFile);

const tidyings: (() => unknown)[] = [];
const scope: Scope = { after: (tidyUp) => void tidyings.push(tidyUp) };
after(async () => {
  for (const tidyUp of tidyings.reverse()) await tidyUp();
});

function runIn(folder: string, command: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return run(command, args, { cwd: folder, env: { ...process.env, PATH, NODE_OPTIONS: '' } }).catch((error) =>
    assert.fail(`${command} ${args.join(' ')}: ${error.stdout}${error.stderr}`),
  );
}

/** The example of a till, in a folder where nothing of this repository is to be found but the package. */
async function installTill(): Promise<string> {
  const project = await temporaryFolder(scope);
  await cp(join(root, 'examples/till'), project, {
    recursive: true,
    filter: (path) => !path.includes('node_modules') && !path.endsWith('package-lock.json'),
  });
  await runIn(root, 'npm', 'run', 'prepack');
  const { stdout } = await runIn(root, 'npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', project);
  const [packed] = Object.values(JSON.parse(stdout) as { filename: string; size: number }[]);
  assert.ok(packed !== undefined && packed.size < 10_000_000, `${packed?.size} bytes`);
  await runIn(project, 'npm', 'install', packed.filename, '--prefer-offline', '--no-audit', '--no-fund');
  await rm(join(project, packed.filename));
  return project;
}

/** `npx xendit-graphql start`, with all that it has started gone when the tests are over. */
async function startByNpx(project: string): Promise<string> {
  const gateway: ChildProcess = spawn('npx', ['--no-install', 'xendit-graphql', 'start'], {
    cwd: project,
    env: { PATH, HOME: project, PORT: '0', SANDBOX_PORT: '0', LOG_LEVEL: 'fatal' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = once(gateway, 'exit');
  scope.after(async () => {
    process.kill(-(gateway.pid ?? assert.fail()), 'SIGKILL');
    await ended;
  });
  assert.ok(gateway.stdout);
  for await (const line of createInterface({ input: gateway.stdout })) {
    const [, url] = /^ready +(\S+)\/graphql$/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  return assert.fail('it ended before it was ready');
}

const startedAt = performance.now();
const installing = installTill();
const starting = installing.then(startByNpx);
/** What has to be fetched first may be far away. */
const timeout = 300_000;

test('the package starts a gateway by npx in a project of its own', { timeout }, async (t) => {
  const url = await starting;
  t.diagnostic(`built, packed, installed and started in ${Math.round(performance.now() - startedAt)} ms`);
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ balance { amount } }' }),
  });
  const { data } = (await response.json()) as { data: { balance: { amount: string } } };
  assert.match(data.balance.amount, /^\d+$/);
});

test('the till of the examples takes a payment', async () => {
  const [project, url] = await Promise.all([installing, starting]);
  const { stdout } = await runIn(project, 'env', `GATEWAY_URL=${url}`, 'node', 'till.ts', '20000', '--pay');
  assert.match(stdout, /█.*20000 IDR: waiting.*\nversion 1: SNAPSHOT\npaid: 20000 IDR, qrpy_\S+\n$/s);
});

test('the client has its types, in Node and for bundlers, without a look away from libraries', async () => {
  const project = await installing;
  const page = `
    import { type CreateQrCodeInput, CreateQrCodeDocument, QrCodeStatus, watchPayment } from 'xendit-graphql/client';
    import type { CreateQrCodeMutation, QrCode, WatchedChange } from 'xendit-graphql/client';
    import type { ResultOf, VariablesOf } from '@graphql-typed-document-node/core';
    const input: CreateQrCodeInput = { externalId: 'order-1', type: 'DYNAMIC', amount: '15000', idempotencyKey: 'order-1' };
    const variables: VariablesOf<typeof CreateQrCodeDocument> = { input };
    export function read({ createQrCode }: ResultOf<typeof CreateQrCodeDocument>): string | undefined {
      return createQrCode.__typename === 'CreateQrCodePayload' ? createQrCode.qrCode.amount?.amount : createQrCode.code;
    }
    export async function isPaid(token: string): Promise<boolean> {
      const changes: AsyncIterable<WatchedChange> = watchPayment('/', token, { transports: ['sse'] });
      for await (const { isPaid, status } of changes) if (isPaid) return status === QrCodeStatus.Inactive;
      return false;
    }
    export type Expiry = QrCode['expiresAt'];
    // @ts-expect-error amounts are text
    export const wrong: CreateQrCodeInput = { ...input, amount: 15000 };
    // @ts-expect-error there is no such transport
    watchPayment('/', '', { transports: ['carrier pigeon'] });
    export { variables, type CreateQrCodeMutation };
  `;
  await writeFile(join(project, 'page.ts'), page);
  const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false', '--types', ''];
  const bundled = ['--module', 'esnext', '--moduleResolution', 'bundler', '--target', 'es2022', '--lib', 'es2022,dom'];
  await runIn(project, 'tsc', ...options, ...bundled, '--ignoreConfig', 'page.ts');
  await runIn(project, 'tsc', '-p', '.');
});
