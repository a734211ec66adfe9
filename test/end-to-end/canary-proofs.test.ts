import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { newApiKey } from '../../src/auth/api-keys.ts';
import { scopes } from '../../src/model/caller.ts';
import { openKeyFile, signToken } from '../support/callers.ts';
import { assertUnmarked, callbackToken, placed, questions, shaped } from '../support/canaries.ts';
import { embedded } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { clientOf } from '../support/gateway.ts';
import { type Line, linesWith, Refused, type Transport, transports } from '../support/lines.ts';
import { runGateway } from '../support/process.ts';
import { startXendit } from '../support/xendit.ts';

/** What the settings keep to themselves, of which each says where it came from. */
const secrets = {
  XENDIT_SECRET_KEY: 'xnd_development_canary9876',
  AUTH_JWT_SECRET: 'canary jwt secret of thirty-two or more',
  WATCH_TOKEN_SECRET: 'canary watch secret of thirty-two or more',
  CURSOR_SECRET: 'canary cursor secret of thirty-two or more',
  ACCOUNT_CALLBACK_TOKENS: 'sub-a=canary-account-token',
};
const accountToken = 'canary-account-token';
const sign = (claims = {}, secret = secrets.AUTH_JWT_SECRET) => signToken(claims, secret);

async function start(t: TestContext) {
  const { environment: place } = await embedded(t);
  const { environment } = await startXendit(t);
  const [till, office] = [newApiKey('till', scopes, ''), newApiKey('office', scopes, '')];
  const file = await openKeyFile(t, [till.kept, office.kept]);
  const gateway = runGateway(t, {
    ...environment,
    ...place,
    ...secrets,
    API_KEYS_FILE: file.path,
    AUTH_RECHECK_MS: '50',
    WRONG_PROOFS_PER_MINUTE: '1000000',
    LOG_LEVEL: 'trace',
    XENDIT_CALLBACK_TOKENS: callbackToken,
  });
  return { gateway, url: (await gateway.ready).url, file, till, office };
}

/** A watch token for a code that is made for it. */
async function issueWatchToken(admin: Line): Promise<string> {
  const input = '{ externalId: "counter", type: STATIC, idempotencyKey: "k" }';
  const { data } = await admin.ask<{ made: { qrCode: { id: string } } }>(
    `mutation { made: createQrCode(input: ${input}) { ... on CreateQrCodePayload { qrCode { id } } } }`,
  );
  const told = await admin.ask<{ made: { watchToken: { token: string } } }>(
    `mutation ($id: ID!) {
      made: createWatchToken(input: { id: $id }) { ... on CreateWatchTokenPayload { watchToken { token } } }
    }`,
    { id: data?.made.qrCode.id },
  );
  return told.data?.made.watchToken.token ?? assert.fail(JSON.stringify(told));
}

/** Asks many things by a proof that also stands where none belongs. */
async function askBy(t: TestContext, url: string, proof: string) {
  const lines = linesWith(t, url, proof, { 'x-api-key': proof, cookie: `token=${proof}` });
  const asked: [query: string, variables?: object][] = [
    ...questions(shaped.email),
    ['{ qrCode(externalId: "counter") { id } }'],
    ['query ($id: ID!) { node(id: $id) { id } }', { id: proof }],
    [`{ node(id: "${proof}" "${proof}`],
  ];
  const all: { transport: Transport; answer: string; isRefused: boolean }[] = [];
  for (const transport of transports) {
    for (const [query, variables] of asked) {
      const told = await lines[transport].ask(query, variables).catch((error: unknown) => error);
      if (told instanceof Error && !(told instanceof Refused)) throw told;
      const isRefused = told instanceof Refused;
      const answer = isRefused ? [told.status, told.challenge, told.errors] : told;
      all.push({ transport, answer: JSON.stringify(answer), isRefused });
    }
  }
  return all;
}

const senders: [path: string, token: string, status: number][] = [
  ['/sub-a', accountToken, 200],
  ['/sub-a', callbackToken, 401],
  ['/sub-a', `${accountToken}-wrong`, 401],
  ['', accountToken, 401],
  ['', callbackToken, 200],
  [`/${accountToken}`, accountToken, 401],
];

/** What a delivery with each token is answered. */
async function deliverBy(t: TestContext, url: string): Promise<string[]> {
  const answers: string[] = [];
  for (const [path, token, status] of senders) {
    const body = { event: 'payment.succeeded', data: { id: 'py-1', token } };
    const answer = await clientOf(t, url).deliver(body, { 'x-callback-token': token }, `/webhooks/xendit${path}`);
    assert.equal(answer.status, status, path);
    answers.push(await answer.text());
  }
  return answers;
}

test('no proof of who is calling, right or wrong, and no secret that makes one is found in a log line or an answer', async (t) => {
  const { gateway, url, file, till, office } = await start(t);
  const token = await sign();
  const admin = linesWith(t, url, token).HTTP;
  const watchToken = await issueWatchToken(admin);
  const lost = newApiKey('lost', scopes, '');
  const right = { token, key: till.key, 'another key': office.key, 'watch token': watchToken };
  const wrong = {
    expired: await sign({ expiresInS: -60 }),
    'another secret': await sign({}, 'another canary secret that is long enough'),
    changed: `${token.slice(0, -4)}aaaa`,
    'a key of nobody': lost.key,
    'a watch token that was changed': `${watchToken.slice(0, -4)}aaaa`,
    'no token': placed.token,
  };
  const answers: string[] = [];
  for (const [what, proof] of Object.entries({ ...right, ...wrong })) {
    for (const { transport, answer, isRefused } of await askBy(t, url, proof)) {
      assert.equal(isRefused, what in wrong, `${what}, ${transport}: ${answer}`);
      answers.push(answer);
    }
  }
  answers.push(...(await deliverBy(t, url)));
  const inbox = '{ webhookEvents { edges { node { event outcome reason webhookId businessId body } } } }';
  answers.push(JSON.stringify(await admin.ask(inbox)));
  await file.write([office.kept]);
  await eventually('a key is out', () => gateway.errors().includes('the file of keys has changed'));
  await file.spoil(`${till.key}:${lost.key}:canary`);
  await eventually('a mistake in the file is logged', () => gateway.errors().includes('the file of keys is wrong'));
  gateway.kill('SIGTERM');
  await gateway.ended;

  const lines = [...gateway.errors().trim().split('\n'), ...gateway.lines];
  assert.ok(lines.length > 100 && answers.length > 300, `${lines.length} lines and ${answers.length} answers`);
  const hashes = [till, office, lost].map(({ kept }) => kept.hash);
  const proofs = [...Object.values(right), ...Object.values(wrong), ...hashes];
  // Neither the beginning nor the end of any part of them is told.
  const parts = proofs.flatMap((proof) => proof.split('.')).filter((part) => part.length > 12);
  const ends = parts.flatMap((part) => [part.slice(0, 12), part.slice(-12)]);
  assertUnmarked([...lines, ...answers], ends);
});
