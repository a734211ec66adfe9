import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { startTailing } from '../../src/feed/tailing.ts';
import { createLog } from '../../src/log.ts';
import { toInstant } from '../../src/model/instant.ts';
import type { Rooms } from '../../src/service/rooms.ts';
import { type ToldChange, watchActivity, watchResource } from '../../src/service/streams.ts';
import { openEpoch } from '../../src/store/epoch.ts';
import type { Reads } from '../../src/store/reads.ts';
import { openTail } from '../../src/store/tail.ts';
import { createDice } from '../chaos/dice.ts';
import { delivered, payment, paymentKey } from '../store/support.ts';
import { type TestDatabase, testOnEachDatabase } from '../support/database.ts';
import { type Opened, openRooms } from './support.ts';

type Stream = AsyncGenerator<ToldChange>;

/** How many changes the test of chance commits; FAULTS asks for 10,000. */
const changes = Number(process.env.JOINING_CHANGES ?? 1_000);
const ids = ['py-1', 'py-2', 'py-3', 'py-4', 'py-5'];
const began = Date.UTC(2026, 0, 1);

/** Commits the change that makes this version of a payment. */
async function commit({ ledger }: Rooms, id: string, version: number): Promise<void> {
  const words = `${id} ${version}`;
  const updated = toInstant(new Date(began + version * 1_000).toISOString());
  await ledger.observe(delivered(words, [{ ...payment(id, 'PENDING', { description: words }), updated }]));
}

async function versionOf({ reads }: Rooms, id: string): Promise<number> {
  return (await reads.find(paymentKey(id)))?.resource.version ?? 0;
}

function watch(rooms: Rooms, id: string, after: number | undefined): Promise<Stream> {
  const cursor = after === undefined ? undefined : rooms.cursors.write(`Payment:${id}`, '', String(after));
  return watchResource(rooms, '', async () => (await rooms.reads.find(paymentKey(id)))?.resource, cursor);
}

const origin = ({ cursors }: Rooms) => cursors.write('activity', '', '0.0');

/** On a server that others use, their transactions hold activity back, and only the tail sees when they end. */
async function openReleased(t: TestContext, place: TestDatabase): Promise<Opened> {
  const opened = await openRooms(t, place);
  const { rooms, database } = opened;
  if (place.kind === 'embedded') return opened;
  const options = { pollMs: 20, log: createLog('silent') };
  const tailing = startTailing(rooms.feed, openTail(database), await openEpoch(database), options);
  t.after(() => tailing.close());
  return opened;
}

/** Reads before and after each of which something is committed. */
function interrupted(reads: Reads, interrupt: () => Promise<void>): Reads {
  return new Proxy(reads, {
    get(target, name: keyof Reads) {
      const read = target[name] as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        await interrupt();
        const answer = await read(...args);
        await interrupt();
        return answer;
      };
    },
  });
}

async function takeUntil(stream: Stream, version: number): Promise<number[]> {
  const versions: number[] = [];
  while (versions.at(-1) !== version) {
    const { value } = await stream.next();
    versions.push(value?.version ?? assert.fail(`it ended after ${versions}`));
  }
  return versions;
}

function upwards(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

const mostCommits = 12;
const joinings: [what: string, openIt: typeof openRooms, join: (rooms: Rooms) => Promise<Stream>, begins: number][] = [
  ['a resource from its first version', openRooms, (rooms) => watch(rooms, 'py-1', 1), 2],
  ['a resource from its present', openRooms, (rooms) => watch(rooms, 'py-1', undefined), Number.NaN],
  ['activity from its beginning', openReleased, (rooms) => watchActivity(rooms, '', {}, origin(rooms)), 1],
];
for (const [what, openIt, join, begins] of joinings) {
  testOnEachDatabase(`who joins ${what} is told once what is committed between two reads`, async (t, place) => {
    const { rooms } = await openIt(t, place);
    await commit(rooms, 'py-1', 1);
    for (let commits = 1; commits <= mostCommits; commits += 1) {
      let version = await versionOf(rooms, 'py-1');
      const last = version + commits;
      const interrupt = async () => (version < last ? commit(rooms, 'py-1', ++version) : undefined);
      const stream = await join({ ...rooms, reads: interrupted(rooms.reads, interrupt) });
      const told = await takeUntil(stream, last);
      assert.deepEqual(told, upwards(Number.isNaN(begins) ? (told[0] ?? 0) : begins, last));
      await stream.return(undefined);
    }
    assert.equal(rooms.feed.listeners(), 0);
  });
}

testOnEachDatabase('those who join at any place while changes are committed are told each once', async (t, place) => {
  const { rooms, database } = await openReleased(t, place);
  const dice = createDice('joining');
  const each = changes / ids.length;
  for (const id of ids) await commit(rooms, id, 1);
  const write = async (id: string) => {
    for (let version = 2; version <= each; version += 1) await commit(rooms, id, version);
  };
  let isOver = false;
  const writing = Promise.all(ids.map(write)).then(() => {
    isOver = true;
  });

  let joined = 0;
  const joinResource = async (id: string, isLast: boolean) => {
    joined += 1;
    const present = await versionOf(rooms, id);
    const earlier = Math.max(0, present - Math.floor(dice.between(0, 20)));
    const after = dice.chance(0.3) ? undefined : Math.min(earlier, each - 1);
    const stream = await watch(rooms, id, after);
    const first = (await stream.next()).value?.version ?? 0;
    if (after !== undefined) assert.equal(first, after + 1);
    const until = isLast ? each : Math.min(each, first + Math.ceil(dice.between(1, 40)));
    const rest = first === until ? [] : await takeUntil(stream, until);
    assert.deepEqual([first, ...rest], upwards(first, until));
    await stream.return(undefined);
  };
  const places: string[] = [origin(rooms)];
  const heard: { after: string; told: string[] }[] = [];
  const joinActivity = async (isLast: boolean) => {
    joined += 1;
    const index = Math.max(0, places.length - Math.ceil(dice.between(0, 50)));
    const after = places[index] ?? '';
    const wanted = Math.min(changes - index, isLast ? changes : Math.ceil(dice.between(1, 40)));
    const stream = await watchActivity(rooms, '', {}, after);
    const told: string[] = [];
    while (told.length < wanted) told.push((await stream.next()).value?.cursor ?? assert.fail('it ended'));
    heard.push({ after, told });
    await stream.return(undefined);
  };
  // One who is there all the time, and whom the others join at places that he was told of.
  const recording = (async () => {
    const stream = await watchActivity(rooms, '', {}, origin(rooms));
    while (places.length <= changes) places.push((await stream.next()).value?.cursor ?? assert.fail('it ended'));
    await stream.return(undefined);
  })();
  const joinAgainAndAgain = async (join: (isLast: boolean) => Promise<void>) => {
    while (!isOver) await join(false);
    await join(true);
  };
  const joiners = upwards(1, 30).map((index) =>
    joinAgainAndAgain(index % 3 === 0 ? joinActivity : (isLast) => joinResource(ids[index % 5] ?? '', isLast)),
  );
  await Promise.all([writing, recording, ...joiners]);

  const rows = await database.prisma.$queryRaw<{ position: string }[]>`
    SELECT transaction || '.' || id AS position FROM "Change" ORDER BY transaction, id`;
  assert.equal(rows.length, changes);
  const log = [origin(rooms), ...rows.map(({ position }) => rooms.cursors.write('activity', '', position))];
  assert.deepEqual(places, log);
  for (const { after, told } of heard) {
    const from = log.indexOf(after) + 1;
    assert.deepEqual(told, log.slice(from, from + told.length));
  }
  assert.equal(rooms.feed.listeners(), 0);
  t.diagnostic(`${joined} joined amid ${changes} changes`);
});
