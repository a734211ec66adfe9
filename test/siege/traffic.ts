import { setTimeout as pause } from 'node:timers/promises';
import type { Scope } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { upTo } from '../support/figures.ts';
import { clientOf } from '../support/gateway.ts';
import { askForCode, createCode } from '../support/qr-codes.ts';
import { qrPayment } from '../support/samples.ts';

export interface Traffic {
  /** What each took that began since the last time this was asked, in milliseconds; those that failed took forever. */
  takeTimes(): number[];
  /** Begins nothing more; resolves once all is over. */
  stop(): Promise<void>;
}

const subscribers = 5;
const counter = 'counter';
const question = `query ($id: ID!) { qrCode(externalId: $id) { id status amount { amount } payments(first: 5) { edges { node { id } } } } }`;
const watching = `subscription { change: qrCodeChanged(externalId: "${counter}") { payment { id } } }`;

/**
 * What a shop does all day: it asks, creates, and is told by webhooks of payments, which several subscribers wait for.
 *
 * @param perSecond how many of these begin, evenly, whether or not the last one is over.
 */
export async function startTraffic(t: Scope, url: string, token: string, perSecond: number): Promise<Traffic> {
  const { ask, subscribe, deliver } = clientOf(t, url, token);
  const code = await createCode({ ask }, counter, 'STATIC');
  /** Who has heard of each payment. */
  const heard = new Map<string, number>();
  const streams = upTo(subscribers).map(() => subscribe<{ change: { payment: { id: string } | null } }>(watching));
  for (const stream of streams) {
    await stream.next();
    void listen(stream).catch(() => undefined);
  }

  async function listen(stream: (typeof streams)[number]): Promise<void> {
    for (let told = await stream.next(); told !== undefined; told = await stream.next()) {
      const id = told.change.payment?.id ?? '';
      heard.set(id, (heard.get(id) ?? 0) + 1);
    }
  }

  const kinds: ((number: number) => Promise<void>)[] = [
    async () => {
      const { errors } = await ask(question, { id: counter });
      if (errors) throw new Error(errors[0]?.message);
    },
    async (number) => {
      const { qrCode, message } = await askForCode({ ask }, { externalId: `order-${number}` });
      if (qrCode === undefined) throw new Error(message);
    },
    async (number) => {
      const id = `qrpy_${number}`;
      const { status } = await deliver(qrPayment({ id: code.id, externalId: counter }, id));
      if (status !== 200) throw new Error(`a webhook was answered ${status}`);
      await eventually(`all heard of ${id}`, () => heard.get(id) === subscribers, patienceMs);
      heard.delete(id);
    },
  ];
  let times: number[] = [];
  let isOver = false;
  const begun = new Set<Promise<void>>();
  async function run(): Promise<void> {
    const beganAt = performance.now();
    for (let number = 0; !isOver; number += 1) {
      const dueAt = beganAt + (number * 1_000) / perSecond;
      const waitMs = dueAt - performance.now();
      if (waitMs > 0) await pause(waitMs);
      const own = times;
      const one = kinds[number % kinds.length]?.(number) ?? Promise.resolve();
      const over = one.then(
        () => void own.push(performance.now() - dueAt),
        () => void own.push(Number.POSITIVE_INFINITY),
      );
      begun.add(over);
      void over.then(() => begun.delete(over));
    }
  }
  const running = run();
  return {
    takeTimes() {
      const taken = times;
      times = [];
      return taken;
    },
    async stop() {
      isOver = true;
      await running;
      await Promise.all(begun);
      await Promise.all(streams.map((stream) => stream.leave()));
    },
  };
}

/** For a payment to be heard of, in milliseconds. */
const patienceMs = 30_000;
