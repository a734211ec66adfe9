import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import pino from 'pino';
import { createOnce, NameTakenError, type OnceOperation } from '../../src/service/once.ts';
import { type SettleOptions, startSettling } from '../../src/service/settle.ts';
import type { Database } from '../../src/store/database.ts';
import { type OnceClaim, type OnceKeys, openOnceKeys } from '../../src/store/once-keys.ts';
import { open } from '../store/support.ts';
import { hasPostgres, postgres, type TestDatabase, testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';

type Make = OnceOperation<string, string>;

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const patienceMs = minuteMs;
const keepMs = 7 * dayMs;

/** What was made elsewhere, by what was asked for. */
class Elsewhere {
  readonly made = new Map<string, string>();
  /** Everything that was looked for, in order. */
  readonly looked: string[] = [];
  /** What can't be made any more. */
  readonly taken = new Set<string>();
  /** What can't be looked for without a failure. */
  readonly broken = new Set<string>();
  /** What a look has to wait for. */
  held: Promise<void> = Promise.resolve();

  readonly operation: Make = {
    name: 'make',
    whenNotFound: () => 'RESEND',
    referenceOf: (input) => input,
    send: () => assert.fail('a sweep sends nothing'),
    read: async (_, id) => id,
    idsOf: (result) => [result],
    recover: async (_, input) => {
      this.looked.push(input);
      await this.held;
      if (this.taken.has(input)) throw new NameTakenError('another has this name');
      if (this.broken.has(input)) throw new Error('can not be looked for');
      return this.made.get(input);
    },
  };
}

interface Opened {
  database: Database;
  keys: OnceKeys;
  elsewhere: Elsewhere;
  warnings: string[];
  start(options?: Partial<SettleOptions>): () => Promise<void>;
}

async function openSettling(t: TestContext, place: TestDatabase): Promise<Opened> {
  const database = await open(t, place);
  const keys = openOnceKeys(database);
  const elsewhere = new Elsewhere();
  const warnings: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line) => warnings.push(line) });
  const start = (options: Partial<SettleOptions> = {}) => {
    const operations = new Map([['make', elsewhere.operation as OnceOperation<never, unknown>]]);
    const whole = { everyMs: dayMs, patienceMs, keepMs, log, ...options };
    const stop = startSettling(createOnce(keys, patienceMs), keys, operations, whole);
    t.after(stop);
    return stop;
  };
  return { database, keys, elsewhere, warnings, start };
}

function claimOf(key: string, operation = 'make'): OnceClaim {
  return { account: '', operation, key, fingerprint: key, reference: key, input: JSON.stringify(key) };
}

/** A key that was last touched some time ago. */
async function aged({ database, keys }: Opened, claim: OnceClaim, state: string, ageMs: number): Promise<void> {
  await keys.claim(claim);
  if (state === 'LOST') await keys.lose(claim);
  if (state === 'DONE') await keys.finish(claim, `made of ${claim.key}`);
  const then = new Date(Date.now() - ageMs);
  const { key } = claim;
  await database.prisma.onceKey.updateMany({ where: { key }, data: { startedAt: then, updatedAt: then } });
}

async function statesOf({ database }: Opened): Promise<Record<string, string>> {
  const rows = await database.prisma.onceKey.findMany();
  return Object.fromEntries(rows.map(({ key, state }) => [key, state]));
}

testOnEachDatabase(
  'at its start it settles what was lost, here or by a process that died, and only that',
  async (t, place) => {
    const opened = await openSettling(t, place);
    const { elsewhere, start, keys } = opened;
    await aged(opened, claimOf('lost'), 'LOST', 0);
    await aged(opened, claimOf('died'), 'STARTED', patienceMs + 1_000);
    await aged(opened, claimOf('under way'), 'STARTED', patienceMs - 30_000);
    await aged(opened, claimOf('nowhere'), 'LOST', 2_000);
    await aged(opened, claimOf('done'), 'DONE', dayMs);
    for (const key of ['lost', 'died', 'under way', 'done']) elsewhere.made.set(key, `made of ${key}`);

    start();
    await eventually('both are done', async () => {
      const { lost, died } = await statesOf(opened);
      return lost === 'DONE' && died === 'DONE';
    });
    assert.deepEqual(await keys.claim(claimOf('lost')), { state: 'DONE', resourceId: 'made of lost' });
    assert.deepEqual(elsewhere.looked, ['died', 'nowhere', 'lost'], 'the longest untouched first');
    assert.deepEqual(await statesOf(opened), {
      lost: 'DONE',
      died: 'DONE',
      'under way': 'STARTED',
      nowhere: 'LOST',
      done: 'DONE',
    });
  },
);

testOnEachDatabase('what is not found is looked for again from time to time, until it is', async (t, place) => {
  const opened = await openSettling(t, place);
  const { elsewhere, start } = opened;
  await aged(opened, claimOf('late'), 'LOST', 0);
  start({ everyMs: 5 });
  await eventually('it was looked for twice', () => elsewhere.looked.length >= 2);
  elsewhere.made.set('late', 'made late');
  await eventually('it is done', async () => (await statesOf(opened)).late === 'DONE');
});

testOnEachDatabase(
  'one that fails, or that nobody knows how to look for, does not keep it from the rest',
  async (t, place) => {
    const opened = await openSettling(t, place);
    const { elsewhere, start, warnings } = opened;
    await aged(opened, claimOf('broken'), 'LOST', 3_000);
    await aged(opened, claimOf('strange', 'of a later version'), 'LOST', 2_000);
    await aged(opened, claimOf('fine'), 'LOST', 1_000);
    elsewhere.broken.add('broken');
    elsewhere.made.set('fine', 'made');
    start();
    await eventually('the last is done', async () => (await statesOf(opened)).fine === 'DONE');
    assert.deepEqual(elsewhere.looked, ['broken', 'fine']);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /"operation":"make","reference":"broken"/);
  },
);

testOnEachDatabase('a key whose name is another’s is given up, which is said once', async (t, place) => {
  const opened = await openSettling(t, place);
  const { elsewhere, start, warnings } = opened;
  await aged(opened, claimOf('taken'), 'LOST', 1_000);
  await aged(opened, claimOf('nowhere'), 'LOST', 0);
  elsewhere.taken.add('taken');
  start({ everyMs: 5 });
  await eventually('the sweep has gone on', () => elsewhere.looked.filter((key) => key === 'nowhere').length >= 3);
  assert.deepEqual(
    elsewhere.looked.filter((key) => key === 'taken'),
    ['taken'],
  );
  assert.deepEqual(await statesOf(opened), { nowhere: 'LOST' });
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /"reference":"taken".*its name is another/);
});

testOnEachDatabase('more than one batch without an end does not hide what comes after', async (t, place) => {
  const opened = await openSettling(t, place);
  const { elsewhere, start } = opened;
  for (let n = 0; n < 100; n += 1) await aged(opened, claimOf(`nowhere ${n}`), 'LOST', dayMs);
  await aged(opened, claimOf('fine'), 'LOST', 0);
  elsewhere.made.set('fine', 'made');
  start({ everyMs: 5 });
  await eventually('the last is done', async () => (await statesOf(opened)).fine === 'DONE', 20_000);
});

testOnEachDatabase('a sweep looks no longer than the operation says', async (t, place) => {
  const opened = await openSettling(t, place);
  const { elsewhere, start } = opened;
  elsewhere.operation.soughtForMs = dayMs;
  await aged(opened, claimOf('old'), 'LOST', dayMs + minuteMs);
  await aged(opened, claimOf('young'), 'LOST', dayMs - minuteMs);
  start();
  await eventually('the young one was looked for', () => elsewhere.looked.includes('young'));
  assert.deepEqual(elsewhere.looked, ['young']);
  assert.equal((await statesOf(opened)).old, 'LOST');
});

testOnEachDatabase('keys are forgotten past their age, and not before', async (t, place) => {
  const opened = await openSettling(t, place);
  await aged(opened, claimOf('old'), 'DONE', keepMs + minuteMs);
  await aged(opened, claimOf('never found'), 'LOST', keepMs + minuteMs);
  await aged(opened, claimOf('young'), 'DONE', keepMs - minuteMs);
  await aged(opened, claimOf('lost'), 'LOST', keepMs - minuteMs);
  opened.start();
  await eventually('the old are gone', async () => Object.keys(await statesOf(opened)).length === 2);
  assert.deepEqual(await statesOf(opened), { young: 'DONE', lost: 'LOST' });
});

testOnEachDatabase('when told to stop it finishes what is under way and begins nothing more', async (t, place) => {
  const opened = await openSettling(t, place);
  const { elsewhere, start } = opened;
  await aged(opened, claimOf('first'), 'LOST', 2_000);
  await aged(opened, claimOf('second'), 'LOST', 1_000);
  for (const key of ['first', 'second']) elsewhere.made.set(key, 'made');
  const { promise, resolve: letGo } = Promise.withResolvers<void>();
  elsewhere.held = promise;
  const stop = start({ everyMs: 1 });
  await eventually('the first is looked for', () => elsewhere.looked.length === 1);
  let hasStopped = false;
  const stopping = stop().then(() => {
    hasStopped = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(hasStopped, false);
  letGo();
  await stopping;
  assert.deepEqual(elsewhere.looked, ['first']);
  assert.deepEqual(await statesOf(opened), { first: 'DONE', second: 'LOST' });
});

test('of two instances one looks for a key at a time, and each key is looked for', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const [one, other] = [await openSettling(t, place), await openSettling(t, place)];
  const names = Array.from({ length: 20 }, (_, n) => `key ${n}`);
  for (const key of names) await aged(one, claimOf(key), 'LOST', 1_000);
  const looks = Promise.withResolvers<void>();
  t.after(() => looks.resolve());
  for (const { elsewhere, start } of [one, other]) {
    for (const key of names.slice(1)) elsewhere.made.set(key, `made of ${key}`);
    elsewhere.held = looks.promise;
    start({ everyMs: 5 });
  }
  const looked = () => [...one.elsewhere.looked, ...other.elsewhere.looked];
  await eventually('both look', () => looked().length === 2);
  assert.equal(new Set(looked()).size, 2, 'for different keys');
  looks.resolve();
  await eventually('all are found but one', async () => {
    const states = Object.values(await statesOf(one));
    return states.filter((state) => state === 'DONE').length === names.length - 1;
  });
  const found = looked().filter((key) => key !== names[0]);
  assert.deepEqual(found.toSorted(), names.slice(1).toSorted(), 'each once');
});

test('what an instance looked for when it died another looks for after its patience', async (t) => {
  if (!(await hasPostgres(t))) return;
  const place = await postgres(t);
  const [dying, heir] = [await openSettling(t, place), await openSettling(t, place)];
  await aged(dying, claimOf('lost'), 'LOST', 1_000);
  const looks = Promise.withResolvers<void>();
  t.after(() => looks.resolve());
  dying.elsewhere.held = looks.promise;
  dying.start({ patienceMs: 200 });
  await eventually('it looks', () => dying.elsewhere.looked.length === 1);
  const lookedAt = performance.now();
  heir.elsewhere.made.set('lost', 'made');
  heir.start({ everyMs: 5 });
  await eventually('the heir has found it', async () => (await statesOf(heir)).lost === 'DONE');
  assert.ok(performance.now() - lookedAt >= 150, 'not before');
  looks.resolve();
});
