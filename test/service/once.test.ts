import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, type TestContext, test } from 'node:test';
import { GatewayError, OutcomeUnknownError } from '../../src/errors.ts';
import { canonicalJson } from '../../src/model/json.ts';
import { createOnce, NameTakenError, type Once, type OnceOperation } from '../../src/service/once.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { type OnceClaim, type OnceKeys, openOnceKeys } from '../../src/store/once-keys.ts';
import { XenditError } from '../../src/xendit/errors.ts';
import { path } from '../../src/xendit/path.ts';
import { eventually } from '../support/eventually.ts';

const unknown = () => new OutcomeUnknownError('order-1');
const refused = (status: number, code: string) => {
  const refusal = { status, body: { error_code: code }, requestId: undefined, retryAfterMs: undefined };
  return new XenditError({ method: 'POST', path: path`/things` }, refusal);
};
const duplicate = () => refused(409, 'DUPLICATE_ERROR');

type Make = OnceOperation<unknown, string>;

/** Somewhere else, in which a thing is made once; each sending meets the next fault, before or after its work. */
class Elsewhere implements Make {
  readonly name = 'make';
  notFound: ReturnType<Make['whenNotFound']> = 'RESEND';
  made: string | undefined;
  sent = 0;
  readonly faults: { error: () => Error; isDone: boolean }[] = [];
  /** While it lasts nothing is found, as between the end of a call and its effect. */
  isHidden = false;

  referenceOf(): string {
    return 'order-1';
  }

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

  async read(_: string, id: string): Promise<string | undefined> {
    return this.made === id ? this.made : undefined;
  }

  idsOf(result: string): string[] {
    return [result];
  }

  whenNotFound(): ReturnType<Make['whenNotFound']> {
    return this.notFound;
  }

  /** The same, done in another way. */
  but(other: Partial<Make>): Make {
    return {
      name: this.name,
      whenNotFound: () => this.notFound,
      referenceOf: () => this.referenceOf(),
      send: () => this.send(),
      recover: () => this.recover(),
      read: (account, id) => this.read(account, id),
      idsOf: (result) => this.idsOf(result),
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

/** Each test makes its own `thing 1`, which is no other's. */
beforeEach(() => database.prisma.onceKey.deleteMany());

/** One call, as its caller knows it. */
interface Request {
  key: string;
  input: unknown;
}

function run(once: Once, { key, input }: Request, operation: Make) {
  return once.run(operation, '', key, input);
}

/** Keys of the test's own, as one instance and as others see them. */
function openOnce(
  t: TestContext,
  patienceMs = 0,
): { once: Once; another: () => Once; keys: OnceKeys; request: Request } {
  const keys = openOnceKeys(database);
  const another = () => createOnce(openOnceKeys(database), patienceMs);
  return { once: another(), another, keys, request: { key: t.name, input: { a: 1, b: 2 } } };
}

/** A process that died: it has claimed the key, has perhaps sent, and does nothing more. */
async function dieWith(keys: OnceKeys, { key, input }: Request): Promise<{ claim: OnceClaim; startedAt: Date }> {
  const text = canonicalJson(input);
  const fingerprint = createHash('sha256').update(text).digest('hex');
  const claim = { account: '', operation: 'make', key, fingerprint, reference: 'order-1', input: text };
  assert.deepEqual(await keys.claim(claim), { state: 'MINE' });
  return { claim, startedAt: new Date() };
}

test('twenty callers with one key get one answer of one sending', async (t) => {
  const { once, request } = openOnce(t, 60_000);
  const elsewhere = new Elsewhere();
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const slow = elsewhere.but({ send: () => held.then(() => elsewhere.send()) });
  const calls = Array.from({ length: 20 }, () => run(once, request, slow));
  await run(once, { ...request, key: 'a key that is claimed after these' }, new Elsewhere());
  release();
  assert.deepEqual(await Promise.all(calls), Array(20).fill({ result: 'thing 1', alreadyProcessed: false }));
  assert.deepEqual(await run(once, request, elsewhere), { result: 'thing 1', alreadyProcessed: true });
  assert.equal(elsewhere.sent, 1);
});

test('twenty callers on four instances are one sending too; who comes too early may ask again', async (t) => {
  const { once, another, request } = openOnce(t, 60_000);
  const elsewhere = new Elsewhere();
  const instances = [once, another(), another(), another()];
  const calls = Array.from({ length: 20 }, (_, n) => run(instances[n % 4] ?? once, request, elsewhere));
  for (const outcome of await Promise.allSettled(calls)) {
    if (outcome.status === 'fulfilled') assert.equal(outcome.value.result, 'thing 1');
    else assert.equal(outcome.reason.code, 'OUTCOME_UNKNOWN');
  }
  assert.equal((await run(another(), request, elsewhere)).result, 'thing 1');
  assert.equal(elsewhere.sent, 1);
});

test('another input under the same key is a CONFLICT, at once and later; the order of its fields is no matter', async (t) => {
  const { once, another, request } = openOnce(t);
  const elsewhere = new Elsewhere();
  const other = { ...request, input: { a: 1, b: 3 } };
  const first = run(once, request, elsewhere);
  await assert.rejects(run(once, other, elsewhere), { code: 'CONFLICT' });
  await first;
  for (const instance of [once, another()]) await assert.rejects(run(instance, other, elsewhere), { code: 'CONFLICT' });
  assert.equal((await run(once, { ...request, input: { b: 2, a: 1 } }, elsewhere)).alreadyProcessed, true);
  assert.equal((await run(once, { ...other, key: 'other key' }, new Elsewhere())).alreadyProcessed, false);
});

const isUnknown = { code: 'OUTCOME_UNKNOWN', reference: 'order-1' };
const lost: [string, () => Error, told: object][] = [
  ['a lost answer', unknown, isUnknown],
  ['a 500', () => refused(500, 'SERVER_ERROR'), isUnknown],
  ['a 503', () => refused(503, 'OTP_DELIVERY_ERROR'), isUnknown],
  ['a fault of ours', () => new TypeError('not a function'), { message: 'not a function' }],
];

for (const [name, error, told] of lost) {
  test(`after ${name} what was done is found, not done again`, async (t) => {
    const { once, another, request } = openOnce(t);
    const elsewhere = new Elsewhere();
    elsewhere.faults.push({ error, isDone: true });
    await assert.rejects(run(once, request, elsewhere), told);
    assert.deepEqual(await run(once, request, elsewhere), { result: 'thing 1', alreadyProcessed: true });
    assert.deepEqual(await run(another(), request, elsewhere), { result: 'thing 1', alreadyProcessed: true });
    assert.equal(elsewhere.sent, 1);
  });

  test(`after ${name} what was not done is done on the next call`, async (t) => {
    const { once, request } = openOnce(t);
    const elsewhere = new Elsewhere();
    elsewhere.faults.push({ error, isDone: false });
    await assert.rejects(run(once, request, elsewhere), told);
    assert.deepEqual(await run(once, request, elsewhere), { result: 'thing 2', alreadyProcessed: false });
    assert.deepEqual(await run(once, request, elsewhere), { result: 'thing 2', alreadyProcessed: true });
  });
}

test('a sending that lands after it was looked for is found by the conflict of the next, and stays found', async (t) => {
  const { once, another, request } = openOnce(t);
  const elsewhere = new Elsewhere();
  elsewhere.faults.push({ error: unknown, isDone: true });
  await assert.rejects(run(once, request, elsewhere), { code: 'OUTCOME_UNKNOWN' });
  elsewhere.isHidden = true;
  const late = elsewhere.but({
    send: () => {
      elsewhere.isHidden = false;
      return elsewhere.send();
    },
  });
  assert.deepEqual(await run(once, request, late), { result: 'thing 1', alreadyProcessed: true });
  assert.equal(elsewhere.sent, 2);
  for (const instance of [once, another()]) {
    assert.deepEqual(await run(instance, request, elsewhere), { result: 'thing 1', alreadyProcessed: true });
  }
  assert.equal(elsewhere.sent, 2);
});

test('a conflict that can’t be looked into leaves the key lost, not free', async (t) => {
  const { once, request } = openOnce(t);
  const elsewhere = new Elsewhere();
  elsewhere.faults.push({ error: unknown, isDone: true });
  await assert.rejects(run(once, request, elsewhere), { code: 'OUTCOME_UNKNOWN' });
  let looks = 0;
  const blind = elsewhere.but({
    recover: async () => {
      looks += 1;
      if (looks === 1) return undefined;
      throw new GatewayError('UNAVAILABLE', 'no answer');
    },
  });
  await assert.rejects(run(once, request, blind), { code: 'OUTCOME_UNKNOWN' }, 'the first sending may have done it');
  await assert.rejects(run(once, { ...request, input: 'other' }, elsewhere), { code: 'CONFLICT' });
  assert.deepEqual(await run(once, request, elsewhere), { result: 'thing 1', alreadyProcessed: true });
});

const refusals: [string, () => GatewayError][] = [
  ['a refusal', () => refused(400, 'API_VALIDATION_ERROR')],
  ['a first conflict', duplicate],
  ['a channel that could not be reached', () => refused(503, 'CHANNEL_UNAVAILABLE')],
  ['an issuer that could not be reached', () => refused(503, 'ISSUER_UNAVAILABLE')],
  ['a call that was never sent', () => new GatewayError('UNAVAILABLE', 'nothing was sent')],
];

for (const [name, error] of refusals) {
  test(`${name} gives the key back, for any input`, async (t) => {
    const { once, request } = openOnce(t);
    const elsewhere = new Elsewhere();
    elsewhere.faults.push({ error, isDone: false });
    await assert.rejects(run(once, request, elsewhere), { code: error().code });
    const better = { ...request, input: 'better' };
    assert.deepEqual(await run(once, better, elsewhere), { result: 'thing 2', alreadyProcessed: false });
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
  const first = run(once, request, slow);
  await begun;
  await assert.rejects(run(another(), request, elsewhere), { code: 'OUTCOME_UNKNOWN', reference: 'order-1' });
  release();
  assert.deepEqual(await first, { result: 'thing 1', alreadyProcessed: false });
  assert.deepEqual(await run(another(), request, elsewhere), { result: 'thing 1', alreadyProcessed: true });
});

test('where nobody can tell, it is never sent again; it stays unknown until it is found', async (t) => {
  const { once, another, request } = openOnce(t);
  const elsewhere = new Elsewhere();
  elsewhere.notFound = 'REPORT';
  elsewhere.faults.push({ error: unknown, isDone: true });
  elsewhere.isHidden = true;
  await assert.rejects(run(once, request, elsewhere), { code: 'OUTCOME_UNKNOWN' });
  for (const instance of [once, another(), another()]) {
    await assert.rejects(run(instance, request, elsewhere), { code: 'OUTCOME_UNKNOWN', reference: 'order-1' });
  }
  elsewhere.isHidden = false;
  assert.deepEqual(await run(another(), request, elsewhere), { result: 'thing 1', alreadyProcessed: true });
  assert.equal(elsewhere.sent, 1);
});

test('where nobody can tell, what a dead process began is never sent again', async (t) => {
  const { once, keys, request } = openOnce(t);
  const elsewhere = new Elsewhere();
  elsewhere.notFound = 'REPORT';
  await dieWith(keys, request);
  await assert.rejects(run(once, request, elsewhere), { code: 'OUTCOME_UNKNOWN' });
  assert.equal(elsewhere.sent, 0);
});

for (const state of ['LOST', 'STARTED'] as const) {
  test(`of two instances that find a ${state} key at once and nothing done, one sends again`, async (t) => {
    const { once, another, keys, request } = openOnce(t);
    const { claim } = await dieWith(keys, request);
    if (state === 'LOST') await keys.lose(claim);
    const elsewhere = new Elsewhere();
    const { promise: bothLooked, resolve: letGo } = Promise.withResolvers<void>();
    let looks = 0;
    const operation = elsewhere.but({
      recover: async () => {
        looks += 1;
        if (looks === 2) letGo();
        await bothLooked;
        return undefined;
      },
    });
    const outcomes = await Promise.allSettled([run(once, request, operation), run(another(), request, operation)]);
    assert.equal(elsewhere.sent, 1);
    const told = outcomes.map((one) => (one.status === 'fulfilled' ? one.value.result : one.reason.code));
    assert.deepEqual(told.toSorted(), ['OUTCOME_UNKNOWN', 'thing 1']);
    assert.deepEqual(await run(once, request, elsewhere), { result: 'thing 1', alreadyProcessed: true });
  });
}

test('a key that was begun is sent again only after the patience', async (t) => {
  const { once: impatient, keys, request } = openOnce(t, 0);
  const { once: patient } = openOnce(t, 60_000);
  const elsewhere = new Elsewhere();
  await dieWith(keys, request);
  await assert.rejects(run(patient, request, elsewhere), { code: 'OUTCOME_UNKNOWN' });
  assert.equal(elsewhere.sent, 0);
  assert.deepEqual(await run(impatient, request, elsewhere), { result: 'thing 1', alreadyProcessed: false });
});

for (const [name, error] of refusals) {
  test(`${name} of a second sending keeps the key, since the first may still land`, async (t) => {
    const { once, request } = openOnce(t);
    const elsewhere = new Elsewhere();
    elsewhere.faults.push({ error: unknown, isDone: false }, { error, isDone: false });
    await assert.rejects(run(once, request, elsewhere), { code: 'OUTCOME_UNKNOWN' });
    await assert.rejects(run(once, request, elsewhere), { code: error().code });
    await assert.rejects(run(once, { ...request, input: 'other' }, elsewhere), { code: 'CONFLICT' });
    elsewhere.made = 'thing of the first';
    assert.deepEqual(await run(once, request, elsewhere), { result: 'thing of the first', alreadyProcessed: true });
  });
}

test('what is looked for again counts from when it was first begun', async (t) => {
  const { once, keys, request } = openOnce(t);
  const { startedAt } = await dieWith(keys, request);
  const elsewhere = new Elsewhere();
  elsewhere.faults.push({ error: unknown, isDone: false });
  await assert.rejects(run(once, request, elsewhere), { code: 'OUTCOME_UNKNOWN' });
  const asked: Date[] = [];
  const operation = elsewhere.but({
    recover: async (_account, _input, attempt) => {
      asked.push(attempt.startedAt);
      return undefined;
    },
  });
  await run(once, request, operation);
  assert.equal(asked.length, 1);
  assert.ok(asked[0] && asked[0] <= startedAt, `${asked[0]?.toISOString()} is after ${startedAt.toISOString()}`);
});

test('what a dead process did is settled with the input that its key kept', async (t) => {
  const { once, another, keys, request } = openOnce(t);
  const elsewhere = new Elsewhere();
  await elsewhere.send();
  const { claim, startedAt } = await dieWith(keys, request);
  const inputs: unknown[] = [];
  const operation = elsewhere.but({
    recover: async (_, input) => {
      inputs.push(input);
      return elsewhere.recover();
    },
  });
  assert.equal(await once.settle(operation, claim, startedAt), 'DONE');
  assert.deepEqual(inputs, [request.input]);
  assert.deepEqual(await keys.claim(claim), { state: 'DONE', resourceId: 'thing 1' });
  assert.deepEqual(await run(another(), request, elsewhere), { result: 'thing 1', alreadyProcessed: true });
  assert.equal(elsewhere.sent, 1);
});

test('what is not found is not settled, and its key stays as it was', async (t) => {
  const { once, keys, request } = openOnce(t, 60_000);
  const { claim, startedAt } = await dieWith(keys, request);
  assert.equal(await once.settle(new Elsewhere(), claim, startedAt), 'UNKNOWN');
  assert.equal((await keys.claim(claim)).state, 'STARTED');
});

/** Something whose name has been given to somebody else. */
function takenElsewhere(): { elsewhere: Elsewhere; taken: ReturnType<Elsewhere['but']> } {
  const elsewhere = new Elsewhere();
  const recover = () => Promise.reject(new NameTakenError('another has this name'));
  return { elsewhere, taken: elsewhere.but({ recover }) };
}

test('a lost key whose name is another’s is refused, and free again', async (t) => {
  const { once, keys, request } = openOnce(t);
  const { claim, startedAt } = await dieWith(keys, request);
  await keys.lose(claim);
  const { elsewhere, taken } = takenElsewhere();
  assert.equal(await once.settle(taken, claim, startedAt), 'REFUSED');
  const other = await run(once, { ...request, input: 'other' }, elsewhere);
  assert.deepEqual(other, { result: 'thing 1', alreadyProcessed: false });
});

test('whoever repeats a lost key whose name is another’s is told so, and nothing is sent', async (t) => {
  const { once, keys, request } = openOnce(t);
  await keys.lose((await dieWith(keys, request)).claim);
  const { elsewhere, taken } = takenElsewhere();
  await assert.rejects(run(once, request, taken), { code: 'CONFLICT', message: /another has this name/ });
  assert.equal(elsewhere.sent, 0);
  assert.equal((await run(once, { ...request, input: 'other' }, elsewhere)).alreadyProcessed, false);
});

test('a second sending that finds its name taken gives the key back too', async (t) => {
  const { once, request } = openOnce(t);
  const { elsewhere, taken } = takenElsewhere();
  const conflict = () => new GatewayError('CONFLICT', 'the name is taken');
  elsewhere.faults.push({ error: unknown, isDone: false }, { error: conflict, isDone: false });
  await assert.rejects(run(once, request, elsewhere), { code: 'OUTCOME_UNKNOWN' });
  let looks = 0;
  const takenMeanwhile = elsewhere.but({
    recover: async (...asked) => {
      looks += 1;
      return looks === 1 ? undefined : taken.recover(...asked);
    },
  });
  await assert.rejects(run(once, request, takenMeanwhile), { code: 'CONFLICT' });
  assert.equal((await run(once, { ...request, input: 'other' }, elsewhere)).alreadyProcessed, false);
});

test('a lost answer is found by the gateway itself, soon after', async (t) => {
  const { once, keys, request } = openOnce(t);
  const elsewhere = new Elsewhere();
  elsewhere.faults.push({ error: unknown, isDone: true });
  const { promise: looked, resolve: look } = Promise.withResolvers<void>();
  const operation = elsewhere.but({
    recover: async () => {
      look();
      return elsewhere.recover();
    },
  });
  t.mock.timers.enable({ apis: ['setTimeout'] });
  await assert.rejects(run(once, request, operation), { code: 'OUTCOME_UNKNOWN' });
  t.mock.timers.tick(500);
  await looked;
  t.mock.timers.reset();
  await eventually('its key is done', async () =>
    (await keys.open(new Date(0), 100)).every(({ claim }) => claim.key !== t.name),
  );
  assert.deepEqual(await run(once, request, elsewhere), { result: 'thing 1', alreadyProcessed: true });
  assert.equal(elsewhere.sent, 1);
});
