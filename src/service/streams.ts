import { GatewayError } from '../errors.ts';
import { activityAfter } from '../feed/activity.ts';
import { changesAfter } from '../feed/changes.ts';
import { endingWith } from '../feed/ending.ts';
import { createMemo, type Memo } from '../model/memo.ts';
import type { ChangeKind } from '../model/observation.ts';
import type { Resource, ResourceKey } from '../model/resource.ts';
import type { ResourceType } from '../model/status.ts';
import type { ActivityFilter, Change, Place } from '../store/change-log.ts';
import { type Page, readPage } from './pages.ts';
import type { Rooms } from './rooms.ts';

/** A change as a stream or a history tells it: with the cursor to go on from. */
export interface ToldChange extends Omit<Change, 'place' | 'kind'> {
  cursor: string;
  /** SNAPSHOT is the present, told at the beginning of a stream. */
  kind: ChangeKind | 'SNAPSHOT';
}

/**
 * Every change of one resource: without `after` the present and then what comes; with it, all that came after it.
 * Ends once the resource is settled and everything has been said.
 *
 * @param find the resource by whatever name the caller has for it.
 * @throws GatewayError NOT_FOUND nobody knows the resource; CURSOR_INVALID the cursor is of another stream.
 */
export async function watchResource(
  rooms: Rooms,
  account: string,
  find: () => Promise<Resource | undefined>,
  after: string | undefined,
): Promise<AsyncGenerator<ToldChange>> {
  const found = await find();
  if (found === undefined) throw new GatewayError('NOT_FOUND', 'There is no such resource');
  const key = { account, type: found.__typename, id: found.id };
  const stream = streamOf(found.__typename, found.id);
  const told = (change: Change) => tellInStream(rooms, stream, account, change);
  const wake = rooms.feed.listen(key);
  try {
    const present = (await rooms.reads.find(key))?.resource ?? found;
    const version = after === undefined ? present.version : Number(rooms.cursors.read(stream, account, after));
    if (version > present.version) throw new GatewayError('CURSOR_INVALID', 'The cursor is ahead of its stream');
    const latest = after === undefined ? await changeTo(rooms, key, version) : undefined;
    // Whoever comes after a payment hears of it too, though something else may have changed since.
    const cause = latest && (latest.cause ?? (await rooms.reads.lastCaused(key, version))?.cause);
    const beginning: ToldChange | undefined = latest && { ...told(latest), kind: 'SNAPSHOT', resource: present, cause };
    return changesAfter(rooms.reads, wake, key, version, { tell: told, beginning });
  } catch (error) {
    wake.close();
    throw error;
  }
}

/** What made a resource what it is; undefined where it was pruned. Asked so that all who subscribe at one moment are one read. */
async function changeTo({ reads }: Rooms, key: ResourceKey, version: number): Promise<Change | undefined> {
  const [change] = await reads.changesAfter(key, version - 1, 1);
  return change?.version === version ? change : undefined;
}

/** Every change of an account, from `after` or from now on; never ends by itself. */
export async function watchActivity(
  rooms: Rooms,
  account: string,
  filter: ActivityFilter,
  after: string | undefined,
): Promise<AsyncGenerator<ToldChange>> {
  const place = after === undefined ? await rooms.reads.head(account) : readPlace(rooms, account, after);
  const changes = activityAfter(rooms.reads, rooms.feed, account, place, filter);
  return endingWith(
    () => void changes.return(undefined),
    async function* () {
      for await (const change of changes) yield tellActivity(rooms, account, change);
    },
  );
}

/** All changes of an account, newest first. Its cursors are the stream's own. */
export function findActivity(
  rooms: Rooms,
  account: string,
  filter: ActivityFilter,
  first: number,
  after: string | undefined,
): Promise<Page<ToldChange>> {
  const place = after === undefined ? undefined : readPlace(rooms, account, after);
  return readPage(
    first,
    after !== undefined,
    async (limit) => {
      const changes = await rooms.reads.activityBefore(account, place, filter, limit);
      return changes.map((change) => tellActivity(rooms, account, change));
    },
    ({ cursor }) => cursor,
  );
}

const activityStream = 'activity';

/** What the cursors of a resource's stream and history are bound to. */
export function streamOf(type: ResourceType, id: string): string {
  return `${type}:${id}`;
}

/** Whoever reads a change at the same moment is told it in the same words. */
const inStream = createMemo<Change, ToldChange>();
const inActivity = createMemo<Change, ToldChange>();

/** A change as its resource's stream tells it. */
export function tellInStream(rooms: Rooms, stream: string, account: string, change: Change): ToldChange {
  return inStream.get(change) ?? tellAs(inStream, change, rooms.cursors.write(stream, account, String(change.version)));
}

function tellActivity(rooms: Rooms, account: string, change: Change): ToldChange {
  const { transaction, id } = change.place;
  return (
    inActivity.get(change) ??
    tellAs(inActivity, change, rooms.cursors.write(activityStream, account, `${transaction}.${id}`))
  );
}

function tellAs(told: Memo<Change, ToldChange>, change: Change, cursor: string): ToldChange {
  const { place: _, ...rest } = change;
  const telling = { ...rest, cursor };
  told.set(change, telling);
  return telling;
}

function readPlace(rooms: Rooms, account: string, cursor: string): Place {
  const [transaction = '0', id = '0'] = rooms.cursors.read(activityStream, account, cursor).split('.');
  return { transaction: BigInt(transaction), id: BigInt(id) };
}
