import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { embedded, testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { clientOf, type GraphQLAnswer, startGateway, type TestGateway } from '../support/gateway.ts';
import { runGateway } from '../support/process.ts';
import { askForCode } from '../support/qr-codes.ts';
import { startXendit } from '../support/xendit.ts';

const createPath = 'POST /qr_codes';

function made(xendit: Sandbox): number {
  return xendit.record.requests.filter(({ endpoint, isProcessed }) => endpoint === createPath && isProcessed).length;
}

interface Page {
  qrCodes: { edges: unknown[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
}

async function countCodes({ ask }: Pick<TestGateway, 'ask'>): Promise<number> {
  const query = `query ($after: Cursor) {
    qrCodes(first: 100, after: $after) { edges { node { externalId } } pageInfo { hasNextPage endCursor } }
  }`;
  let count = 0;
  for (let after: string | null = null, more = true; more; ) {
    const answer: GraphQLAnswer<Page> = await ask<Page>(query, { after });
    const { edges, pageInfo } = answer.data?.qrCodes ?? assert.fail(JSON.stringify(answer.errors));
    count += edges.length;
    more = pageInfo.hasNextPage;
    after = pageInfo.endCursor;
  }
  return count;
}

testOnEachDatabase(
  'of a thousand creates a third lose their answers, and each is made once and found by the gateway itself',
  async (t, database) => {
    const { xendit, environment } = await startXendit(t);
    // A third of failures must not open the breaker by the luck of its first ten calls.
    const gateway = await startGateway(t, { ...environment, BREAKER_MIN_CALLS: '200' }, database);
    xendit.faults.sometimes(createPath, { kind: 'reset', afterProcessing: true }, { probability: 0.3, seed: 7 });
    const numbers = Array.from({ length: 1_000 }, (_, index) => index);
    const startedAt = performance.now();
    const answers: string[] = [];
    const waiting = [...numbers];
    const create = (number: number) =>
      askForCode(gateway, { externalId: `order-${number}`, idempotencyKey: `key-${number}` });
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
          answers.push((await create(number)).__typename);
        }
      }),
    );
    const lost = answers.filter((name) => name === 'OutcomeUnknown').length;
    t.diagnostic(`${lost} of ${answers.length} answers were lost`);
    assert.ok(lost > 200 && lost < 400);
    assert.deepEqual([...new Set(answers)].sort(), ['CreateQrCodePayload', 'OutcomeUnknown']);

    await eventually(
      'the gateway knows all of them',
      async () => (await countCodes(gateway)) === numbers.length,
      60_000,
    );
    t.diagnostic(`all settled after ${Math.round(performance.now() - startedAt)} ms`);
    xendit.faults.clear();
    const again = await Promise.all(numbers.slice(0, 200).map(create));
    assert.ok(again.every(({ alreadyProcessed }) => alreadyProcessed));
    assert.equal(made(xendit), numbers.length);
  },
);

test('a create amid which the process is killed is found again by the next one, and made once', async (t) => {
  const { xendit, open } = await startXendit(t);
  const { environment: place } = await embedded(t);
  const settings = { ...open, ...place, XENDIT_TIMEOUT_MS: '500', SETTLE_EVERY_MS: '200' };
  xendit.faults.next(createPath, { kind: 'hang', afterProcessing: true });
  const first = runGateway(t, settings);
  const { url } = await first.ready;
  const input = { externalId: 'order-1', idempotencyKey: 'key-1' };
  const cutOff = askForCode(clientOf(t, url), input).catch(() => undefined);
  await eventually('Xendit has made it', () => made(xendit) === 1);
  first.kill('SIGKILL');
  await first.ended;
  await cutOff;

  const second = clientOf(t, (await runGateway(t, settings).ready).url);
  await eventually('it is found without being asked for', async () => (await countCodes(second)) === 1);
  const again = await askForCode(second, input);
  assert.deepEqual([again.__typename, again.alreadyProcessed], ['CreateQrCodePayload', true]);
  assert.equal(made(xendit), 1);
});

test('a create that had not reached Xendit when the process was killed is made once, by the same key', async (t) => {
  const { xendit, open } = await startXendit(t);
  const { environment: place } = await embedded(t);
  const settings = { ...open, ...place, XENDIT_TIMEOUT_MS: '500', SETTLE_EVERY_MS: '200' };
  xendit.faults.next(createPath, { kind: 'hang' });
  const first = runGateway(t, settings);
  const { url } = await first.ready;
  const input = { externalId: 'order-1', idempotencyKey: 'key-1' };
  const cutOff = askForCode(clientOf(t, url), input).catch(() => undefined);
  await eventually('it is on its way', () => xendit.record.requests.length === 1);
  first.kill('SIGKILL');
  await first.ended;
  await cutOff;
  assert.equal(made(xendit), 0);

  const second = clientOf(t, (await runGateway(t, settings).ready).url);
  const isMade = async () => {
    const { __typename } = await askForCode(second, input);
    // Until it is sure that the first one has ended, it may be under way.
    assert.match(__typename, /^(OutcomeUnknown|CreateQrCodePayload)$/);
    return __typename === 'CreateQrCodePayload';
  };
  await eventually('it is made', isMade, 20_000);
  assert.equal((await askForCode(second, { ...input, amount: '16000' })).__typename, 'Conflict');
  assert.equal((await askForCode(second, input)).alreadyProcessed, true);
  assert.equal(made(xendit), 1);
});

test('a create of which Xendit says no the second time stays unknown while the first may still land', async (t) => {
  const { xendit, environment } = await startXendit(t);
  const gateway = await startGateway(t, { ...environment, XENDIT_TIMEOUT_MS: '400' });
  const input = { externalId: 'order-1', idempotencyKey: 'key-1' };
  xendit.faults.next(createPath, { kind: 'hang' });
  assert.equal((await askForCode(gateway, input)).__typename, 'OutcomeUnknown');
  xendit.faults.next(createPath, { kind: 'status', status: 429, errorCode: 'RATE_LIMIT_EXCEEDED' });
  assert.equal((await askForCode(gateway, input)).__typename, 'Throttled');
  // What had been under way lands after all.
  const other = await startGateway(t, environment);
  assert.equal((await askForCode(other, input)).__typename, 'CreateQrCodePayload');
  const again = await askForCode(gateway, input);
  assert.deepEqual([again.__typename, again.alreadyProcessed], ['CreateQrCodePayload', true]);
});

test('a key is known to a gateway that has moved since', async (t) => {
  const { environment } = await startXendit(t);
  const place = await embedded(t);
  const input = { externalId: 'order-1', idempotencyKey: 'key-1' };
  const before = await startGateway(t, environment, place);
  assert.equal((await askForCode(before, input)).alreadyProcessed, false);
  await before.close();
  const after = await startGateway(t, environment, place);
  assert.notEqual(after.url, before.url);
  assert.equal((await askForCode(after, input)).alreadyProcessed, true);
});
