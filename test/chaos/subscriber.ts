import { setTimeout as pause } from 'node:timers/promises';
import type { Dice } from './dice.ts';
import type { Watch } from './evidence.ts';
import { openStream, type StreamEnd } from './stream.ts';

/** What a subscriber watches. */
export interface Subject {
  query: string;
  /** The variable by which the query names it; none for the account's activity. */
  name?: string;
  resource: { type: string; id: string } | undefined;
  /** The field of the message that is the resource. */
  field: string;
  /** How likely it is to want something new when it comes back, from 0 to 1. */
  restlessness: number;
}

export interface SubscriberOptions {
  name: string;
  url: string;
  dice: Dice;
  /** Asked whenever it wants something new to watch; undefined when there is nothing yet. */
  choose: () => Subject | undefined;
}

/** One who watches, is cut off or goes away at random, and comes back with the last cursor. */
export interface Subscriber {
  watches: Watch[];
  /** From now on it stays with what it watches, unless others cut it off. */
  calmDown(): void;
  close(): Promise<void>;
}

const staysForMs = [1_000, 20_000] as const;
const awayForMs = [0, 600] as const;
const longestPauseMs = 2_000;
/** The gateway's way to say: not now. */
const passing = new Set(['STORE_UNAVAILABLE', 'UNAVAILABLE', 'THROTTLED', 'INTERNAL_SERVER_ERROR']);

export function startSubscriber({ name, url, dice, choose }: SubscriberOptions): Subscriber {
  const watches: Watch[] = [];
  let isCalm = false;
  let isClosed = false;
  let hangUp = () => {};
  let failures = 0;

  async function connect(watch: Watch, subject: Subject): Promise<StreamEnd> {
    const connection = watch.openedAt.length;
    const variables = { id: subject.name, after: watch.messages.at(-1)?.cursor };
    const stream = openStream(url, subject.query, variables, {
      onSubscribed() {
        watch.openedAt[connection] = Date.now();
      },
      onMessage(data) {
        failures = 0;
        watch.messages.push({ at: Date.now(), connection, ...toTold(data.change as Message, subject) });
      },
    });
    hangUp = () => stream.leave('terminate');
    const [staysMs, manner] = [dice.between(...staysForMs), dice.pick(['close', 'terminate', 'deaf'] as const)];
    const leaving = setTimeout(() => !isCalm && stream.leave(manner), staysMs);
    const end = await stream.ended;
    clearTimeout(leaving);
    return end;
  }

  async function live(): Promise<void> {
    let watch: Watch | undefined;
    let subject: Subject | undefined;
    while (!isClosed) {
      // Who has heard the last of something begins nothing new in the end.
      if (subject === undefined && !isCalm) subject = choose();
      if (subject === undefined) {
        await pause(100);
        continue;
      }
      watch ??= {
        subscriber: name,
        resource: subject.resource,
        openedAt: [],
        closes: [],
        messages: [],
        ending: 'open',
      };
      if (!watches.includes(watch)) watches.push(watch);
      failures += 1;
      const end = await connect(watch, subject);
      if (isClosed) return;
      if (end.kind === 'gone') watch.closes.push({ at: Date.now(), code: end.closeCode });
      watch.ending = endingAfter(end, watch, !isCalm && dice.chance(subject.restlessness));
      if (watch.ending !== 'open') [watch, subject] = [undefined, undefined];
      await pause(Math.min(dice.between(...awayForMs) * 2 ** Math.min(failures - 1, 5), longestPauseMs));
    }
  }
  const living = live();

  return {
    watches,
    calmDown() {
      isCalm = true;
    },
    async close() {
      isClosed = true;
      hangUp();
      await living;
    },
  };
}

function endingAfter(end: StreamEnd, { messages }: Watch, wantsNew: boolean): Watch['ending'] {
  if (end.kind === 'completed') return 'completed';
  if (end.kind === 'refused' && !passing.has(end.code)) {
    // Before its first news have been taken in, a resource may be unknown.
    return end.code === 'NOT_FOUND' && messages.length === 0 ? 'left' : { refused: end.code };
  }
  return wantsNew && messages.length > 0 ? 'left' : 'open';
}

interface Message {
  cursor: string;
  version: number;
  kind: string;
  toStatus?: string;
  payment?: { id: string } | null;
  [field: string]: unknown;
}

function toTold(message: Message, { resource, field }: Subject) {
  const { cursor, version, kind, toStatus, payment } = message;
  const shown = message[field] as { __typename: string; id: string; status?: string };
  const status = toStatus ?? shown.status ?? '';
  const { type, id } = resource ?? { type: shown.__typename, id: shown.id };
  return { cursor, version, kind, status, type, id, causeId: payment?.id };
}
