import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { jwtSecret } from '../support/callers.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { createCode, payCode } from '../support/qr-codes.ts';
import { type Running, readBlocks, root, run, runInShell } from './blocks.ts';

const languages = ['ts', 'ts', 'ts', 'ts', 'ts', 'sh'];

/** What drives Relay's network as a component would. */
const relayProgram = `
const { cacheID, id } = { cacheID: 'x', id: null };
const text = \`subscription Q($externalId: ID!, $after: Cursor) {
  qrCodeChanged(externalId: $externalId, after: $after) { cursor version kind }
}\`;
const params = { cacheID, id, text, name: 'Q', operationKind: 'subscription', metadata: {} };
environment.getNetwork().execute(params as never, { externalId: process.env.EXTERNAL_ID }, {}).subscribe({
  next: (answer) => console.log(JSON.stringify(answer)),
  error: (error: unknown) => { throw error; },
});
`;

test('each way to subscribe tells the present, and then the payment', async (t) => {
  const [own = '', plain = '', apollo = '', urql = '', relay = '', sse = ''] = await readBlocks(
    'docs/subscribing.md',
    ...languages,
  );
  const gateway = await startGateway(t, { AUTH_JWT_SECRET: jwtSecret });
  const programs = { own, plain, apollo, urql, relay: relay + relayProgram };
  const folder = await projectFolder(t);
  for (const [name, program] of Object.entries(programs)) {
    const token = await tokenOf(gateway, name);
    const path = join(folder, `${name}.ts`);
    await writeFile(path, program.replaceAll('localhost:4000', new URL(gateway.url).host));
    const flags = ['--conditions=xendit-graphql-source', '--disable-warning=ExperimentalWarning'];
    await tellsPayment(gateway, name, run(t, ['node', ...flags, path], { TOKEN: token, EXTERNAL_ID: name }));
  }
  const code = sse.replaceAll('localhost:4000', new URL(gateway.url).host);
  const environment = { TOKEN: await tokenOf(gateway, 'sse'), EXTERNAL_ID: 'sse' };
  await tellsPayment(gateway, 'sse', runInShell(t, code, environment));
});

async function tellsPayment(gateway: TestGateway, externalId: string, running: Running): Promise<void> {
  await running.until(/SNAPSHOT/);
  await payCode(gateway, externalId);
  await running.until(/PAYMENT|STATUS_CHANGED/);
}

/** The token that a code comes with. */
async function tokenOf(gateway: TestGateway, externalId: string): Promise<string> {
  const { id } = await createCode(gateway, externalId);
  const { data } = await gateway.ask<{ createWatchToken: { watchToken: { token: string } } }>(
    'mutation ($id: ID!) { createWatchToken(input: { id: $id }) { ... on CreateWatchTokenPayload { watchToken { token } } } }',
    { id },
  );
  const token = data?.createWatchToken.watchToken.token;
  assert.ok(token);
  return token;
}

/** Within the project, where its own name and its packages are found. */
async function projectFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(root, 'test/docs/generated-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}
