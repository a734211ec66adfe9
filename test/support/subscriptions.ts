import assert from 'node:assert/strict';
import type { Subscription, TestGateway } from './gateway.ts';

/** A change as `watchCode` and `watchRequest` ask for it. */
export interface Told {
  cursor: string;
  version: number;
  kind: string;
  status: string;
  paymentId: string | undefined;
}

interface Message {
  change: {
    cursor: string;
    version: number;
    kind: string;
    resource: { status: string };
    payment: { id: string } | null;
  };
}

export interface Watching {
  /** The next change, or undefined at the end of the stream. */
  next(): Promise<Told | undefined>;
  /** So many changes more. */
  take(count: number): Promise<Told[]>;
  /** All changes up to the end of the stream. */
  rest(): Promise<Told[]>;
  leave(): Promise<void>;
}

const change = (resource: string) => `cursor version kind resource: ${resource} { status } payment { id }`;

/** Watches a QR code; `after` is a cursor. */
export function watchCode(gateway: TestGateway, externalId: string, after?: string): Watching {
  return toWatching(
    gateway.subscribe(
      `subscription ($name: ID!, $after: Cursor) { change: qrCodeChanged(externalId: $name, after: $after) { ${change('qrCode')} } }`,
      { name: externalId, after },
    ),
  );
}

/** Watches a payment request; `after` is a cursor. */
export function watchRequest(gateway: TestGateway, id: string, after?: string): Watching {
  return toWatching(
    gateway.subscribe(
      `subscription ($name: ID!, $after: Cursor) { change: paymentRequestChanged(id: $name, after: $after) { ${change('paymentRequest')} } }`,
      { name: id, after },
    ),
  );
}

function toWatching(messages: Subscription<Message>): Watching {
  const next = async () => toTold(await messages.next());
  const takeUpTo = async (count: number) => {
    const told: Told[] = [];
    while (told.length < count) {
      const one = await next();
      if (one === undefined) break;
      told.push(one);
    }
    return told;
  };
  return {
    next,
    async take(count) {
      const told = await takeUpTo(count);
      assert.equal(told.length, count, 'the stream ended early');
      return told;
    },
    rest: () => takeUpTo(Number.POSITIVE_INFINITY),
    leave: () => messages.leave(),
  };
}

function toTold(message: Message | undefined): Told | undefined {
  if (message === undefined) return undefined;
  const { cursor, version, kind, resource, payment } = message.change;
  return { cursor, version, kind, status: resource.status, paymentId: payment?.id };
}

/** The code of the error that a subscription is refused with. */
export async function refusalOf(subscription: { next(): Promise<unknown> }): Promise<string> {
  try {
    await subscription.next();
  } catch (error) {
    const [first] = Array.isArray(error) ? error : ((error as { errors?: unknown[] }).errors ?? []);
    return (first as { extensions: { code: string } }).extensions.code;
  }
  return assert.fail('it was not refused');
}
