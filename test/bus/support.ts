import type { TestContext } from 'node:test';
import type { Bus, Outages, Topic } from '../../src/bus/bus.ts';
import { type BusOptions, openBus } from '../../src/bus/open.ts';
import { eventually } from '../support/eventually.ts';

/** An instance on the bus, with what it has heard so far: `topic`, or `topic text`. */
export interface Instance extends Bus {
  heard: string[];
  /** `away` and `back`, as they were told. */
  outages: string[];
  /** Why it went away. */
  reasons: string[];
}

/** Short, so that a test needn't wait long for a silence to be noticed. */
export const pingMs = 200;
const times = { pingMs, reconnectMaxMs: 200 };

async function openBusOver(servers: Partial<BusOptions>, outages: Outages): Promise<Bus> {
  const { bus, close } = await openBus({
    redisUrl: undefined,
    redisPrefix: 'test',
    databaseUrl: undefined,
    ...servers,
    ...times,
    ...outages,
  });
  return { ...bus, close };
}

async function listenTo(t: TestContext, open: (outages: Outages) => Promise<Bus>): Promise<Instance> {
  const outages: string[] = [];
  const reasons: string[] = [];
  const heard: string[] = [];
  const bus = await open({
    onAway: (reason) => {
      reasons.push(reason);
      outages.push('away');
    },
    onBack: () => outages.push('back'),
  });
  for (const topic of ['changes', 'breaker'] satisfies Topic[])
    bus.hear(topic, (text) => heard.push(text === undefined ? topic : `${topic} ${text}`));
  t.after(() => bus.close());
  return { ...bus, heard, outages, reasons };
}

export function onRedis(t: TestContext, url: string, prefix = 'test'): Promise<Instance> {
  return listenTo(t, (outages) => openBusOver({ redisUrl: url, redisPrefix: prefix }, outages));
}

export function onPostgres(t: TestContext, databaseUrl: string): Promise<Instance> {
  return listenTo(t, (outages) => openBusOver({ databaseUrl }, outages));
}

/** Waits until each hears the other, and forgets what was heard. */
export async function connected(one: Instance, other: Instance): Promise<void> {
  await hears(one, other);
  await hears(other, one);
  one.heard.splice(0);
  other.heard.splice(0);
}

/** Waits until something gets through. */
export async function hears(listener: Instance, speaker: Instance): Promise<void> {
  const text = crypto.randomUUID();
  await eventually('a hint gets through', () => {
    speaker.say('breaker', text);
    return listener.heard.includes(`breaker ${text}`);
  });
  await drained(listener, speaker);
}

/** Waits until all that was said so far is heard. */
export async function drained(listener: Instance, speaker: Instance): Promise<void> {
  const last = `last ${crypto.randomUUID()}`;
  speaker.say('breaker', last);
  await eventually('the last hint is heard', () => listener.heard.includes(`breaker ${last}`));
  listener.heard.splice(listener.heard.indexOf(`breaker ${last}`), 1);
}
