import { readFileSync } from 'node:fs';
import type { Letter, Report } from '../../src/model/report.ts';
import type { Delivery } from '../../src/webhook/delivery.ts';
import { readEvent } from '../../src/webhook/event.ts';

const receivedAt = new Date('2026-01-02T03:04:05.678Z');

/** A delivery of these bytes, this text, or this object as JSON. */
export function delivery(body: unknown, more: Partial<Delivery> = {}): Delivery {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const bytes = body instanceof Uint8Array ? body : new TextEncoder().encode(text);
  return { account: '', callbackToken: 'token', webhookId: 'wh-1', body: bytes, receivedAt, ...more };
}

/** A webhook that Xendit really sent, or printed. */
export function sample(file: string): Buffer {
  return readFileSync(new URL(`../fixtures/webhooks/${file}`, import.meta.url));
}

/** The same, to be changed. */
export function sampleObject(file: string) {
  return JSON.parse(sample(file).toString());
}

/** What is read from a delivery, and its letter. */
export function read(body: unknown, more: Partial<Delivery> = {}): Report & { letter: Letter } {
  const report = readEvent(delivery(body, more));
  if (report.letter === undefined) throw new Error('A webhook always leaves a letter');
  return { ...report, letter: report.letter };
}

/** Each observation in a line: `Payment py-1 SUCCEEDED`, `PaymentRequest pr-1 SUCCEEDED by Payment`. */
export function lines({ observations }: Report): string[] {
  return observations.map(
    ({ type, id, status, cause }) =>
      `${type} ${id.slice(0, 9)} ${status}${cause ? ` by ${cause.type} ${cause.id.slice(0, 9)}` : ''}`,
  );
}
