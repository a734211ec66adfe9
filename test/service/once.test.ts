import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { GatewayError, OutcomeUnknownError } from '../../src/errors.ts';
import { createOnce, type Once, type OnceRequest, type OnceWork } from '../../src/service/once.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { openOnceKeys } from '../../src/store/once-keys.ts';
import { XenditError } from '../../src/xendit/errors.ts';
import { path } from '../../src/xendit/path.ts';

const unknown = () => new OutcomeUnknownError('order-1');
const refused = (status: number, code: string) => {
  const refusal = { status, body: { error_code: code }, requestId: undefined, retryAfterMs: undefined };
  return new XenditError({ method: 'POST', path: path`/things` }, refusal);
};
const duplicate = () => refused(409, 'DUPLICATE_ERROR');

/** Somewhere else, in which a thing is made once; each sending meets the next fault, before or after its work. */
class Elsewhere implements OnceWork<string> {
  made: string | undefined;
  sent = 0;
  readonly faults: { error: () => Error; isDone: boolean }[] = [];
  /** While it lasts nothing is found, as between the end of a call and its effect. */
  isHidden = false;

  async send(): Promise<string> {
    this.sent += 1;
    const fault = this.faults.shift();
    if (fault !== undefined && !fault.isDone) throw fault.error();
    if (this.made !== undefined) throw duplicate();
    this.made = `thing ${this.sent}`;
    if (fault !== undefined) throw fault.error();
    return this.made;
  }

  async recover(): Promise<string | undefined> {
    return this.isHidden ? undefined : this.made;
  }

  async read(id: string): Promise<string | undefined> {
    return this.made === id ? this.made : undefined;
  }

  idOf(result: string): string {
    return result;
  }

  /** The same, done in another way. */
  but(other: Partial<OnceWork<string>>): OnceWork<string> {
    return {
      send: () => this.send(),
      recover: () => this.recover(),
      read: (id) => this.read(id),
      idOf: (result) => result,
      ...other,
    };
  }
}

let folder: string;
let database: Database;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xendit-graphql-'));
  database = await openDatabase({ databaseUrl: undefined, dataDir: folder, poolSize: 1 });
});
after(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

/** Keys of the test's own, as one instance and as others see them. */
function openOnce(t: TestContext, patienceMs = 0): { once: Once; another: () => Once; request: OnceRequest } {
  const another = () => createOnce(openOnceKeys(database), patienceMs);
  const request = { account: '', operation: 'make', key: t.name, input: { a: 1, b: 2 }, reference: 'order-1' };
  return { once: another(), another, request };
}

test('twenty callers with one key get one answer of one sending', async (t) => {
  const { once, request } = openOnce(t, 60_000);
  const elsewhere = new Elsewhere();
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const slow = elsewhere.but({ send: () => held.then(() => elsewhere.send()) });
  const calls = Array.from({ length: 20 }, () => once.run(request, slow));
  await once.run({ ...request, key: 'a key that is claimed after these' }, new Elsewhere());
  release();
  assert.deepEqual(await Promise.all(calls), Array(20).fill({ result: 'thing 1', alreadyProcessed: false }));
  assert.deepEqual(await once.run(request, elsewhere), { result: 'thing 1', alreadyProcessed: true });
  assert.equal(elsewhere.sent, 1);
});

test('twenty callers on four instances are one sending too; who comes too early may ask again', async (t) => {
  const { once, another, request } = openOnce(t, 60_000);
  const elsewhere = new Elsewhere();
  const instances = [once, another(), another(), another()];
  const calls = Array.from({ length: 20 }, (_, n) => instances[n % 4]?.run(request, elsewhere));
  for (const outcome of await Promise.allSettled(calls)) {
    if (outcome.status === 'fulfilled') assert.equal(outcome.value?.result, 'thing 1');
    else assert.equal(outcome.reason.code, 'OUTCOME_UNKNOWN');
  }
  assert.equal((await another().run(request, elsewhere)).result, 'thing 1');
  assert.equal(elsewhere.sent, 1);
});

test('another input under the same key is a CONFLICT, at once and later; the order of its fields is no matter', async (t) => {
  const { once, another, request } = openOnce(t);
  const elsewhere = new Elsewhere();
  const other = { ...request, input: { a: 1, b: 3 } };
  const first = once.run(request, elsewhere);
  await assert.rejects(once.run(other, elsewhere), { code: 'CONFLICT' });
  await first;
  for (const instance of [once, another()]) await assert.rejects(instance.run(other, elsewhere), { code: 'CONFLICT' });
  assert.equal((await once.run({ ...request, input: { b: 2, a: 1 } }, elsewhere)).alreadyProcessed, true);
  assert.equal((await once.run({ ...other, key: 'other key' }, new Elsewhere())).alreadyProcessed, false);
});

const lost: [string, () => Error][] = [
  ['a lost answer', unknown],
  ['a 500', () => refused(500, 'SERVER_ERROR')],
  ['a 503', () => refused(503, 'CHANNEL_UNAVAILABLE')],
  ['a fault of ours', () => new TypeError('not a function')],
];

for (const [name, error] of lost) {
  test(`after ${name} what was done is found, not done again`, async (t) => {
    const { once, another, request } = openOnce(t);
    const elsewhere = new Elsewhere();
    elsewhere.faults.push({ error, isDone: true });
    await assert.rejects(once.run(request, elsewhere), { message: error().message });
    assert.deepEqual(await once.run(request, elsewhere), { result: 'thing 1', alreadyProcessed: true });
    assert.deepEqual(await another().run(request, elsewhere), { result: 'thing 1', alreadyProcessed: true });
    assert.equal(elsewhere.sent, 1);
  });

  test(`after ${name} what was not done is done on the next call`, async (t) => {
    const { once, request } = openOnce(t);
    const elsewhere = new Elsewhere();
    elsewhere.faults.push({ error, isDone: false });
    await assert.rejects(once.run(request, elsewhere), { message: error().message });
    assert.deepEqual(await once.run(request, elsewhere), { result: 'thing 2', alreadyProcessed: false });
    assert.deepEqual(await once.run(request, elsewhere), { result: 'thing 2', alreadyProcessed: true });
  });
}

test('a sending that lands after it was looked for is found by the conflict of the next, and stays found', async (t) => {
  const { once, another, request } = openOnce(t);
  const elsewhere = new Elsewhere();
  elsewhere.faults.push({ error: unknown, isDone: true });
  await assert.rejects(once.run(request, elsewhere), { code: 'OUTCOME_UNKNOWN' });
  elsewhere.isHidden = true;
  const late = elsewhere.but({
    send: () => {
      elsewhere.isHidden = false;
      return elsewhere.send();
    },
  });
  assert.deepEqual(await once.run(request, late), { result: 'thing 1', alreadyProcessed: true });
  assert.equal(elsewhere.sent, 2);
  for (const instance of [once, another()]) {
    assert.deepEqual(await instance.run(request, elsewhere), { result: 'thing 1', alreadyProcessed: true });
  }
  assert.equal(elsewhere.sent, 2);
});

test('a conflict that can’t be looked into leaves the key lost, not free', async (t) => {
  const { once, request } = openOnce(t);
  const elsewhere = new Elsewhere();
  elsewhere.faults.push({ error: unknown, isDone: true });
  await assert.rejects(once.run(request, elsewhere), { code: 'OUTCOME_UNKNOWN' });
  let looks = 0;
  const blind = elsewhere.but({
    recover: async () => {
      looks += 1;
      if (looks === 1) return undefined;
      throw new GatewayError('UNAVAILABLE', 'no answer');
    },
  });
  await assert.rejects(once.run(request, blind), { code: 'UNAVAILABLE' });
  await assert.rejects(once.run({ ...request, input: 'other' }, elsewhere), { code: 'CONFLICT' });
  assert.deepEqual(await once.run(request, elsewhere), { result: 'thing 1', alreadyProcessed: true });
});

const refusals: [string, () => GatewayError][] = [
  ['a refusal', () => refused(400, 'API_VALIDATION_ERROR')],
  ['a first conflict', duplicate],
  ['a call that was never sent', () => new GatewayError('UNAVAILABLE', 'nothing was sent')],
];

for (const [name, error] of refusals) {
  test(`${name} gives the key back, for any input`, async (t) => {
    const { once, request } = openOnce(t);
    const elsewhere = new Elsewhere();
    elsewhere.faults.push({ error, isDone: false });
    await assert.rejects(once.run(request, elsewhere), { code: error().code });
    const better = { ...request, input: 'better' };
    assert.deepEqual(await once.run(better, elsewhere), { result: 'thing 2', alreadyProcessed: false });
  });
}

test('what another instance began is not sent again while it may be under way', async (t) => {
  const { once, another, request } = openOnce(t, 60_000);
  const elsewhere = new Elsewhere();
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const slow = elsewhere.but({
    send: async () => {
      begin();
      await held;
      return elsewhere.send();
    },
  });
  const first = once.run(request, slow);
  await begun;
  await assert.rejects(another().run(request, elsewhere), { code: 'OUTCOME_UNKNOWN', reference: 'order-1' });
  release();
  assert.deepEqual(await first, { result: 'thing 1', alreadyProcessed: false });
  assert.deepEqual(await another().run(request, elsewhere), { result: 'thing 1', alreadyProcessed: true });
});
