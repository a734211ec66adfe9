import { randomBytes, randomUUID } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject, objectOf, rawNumber } from '../model/json.ts';
import { businessOf, timeOf } from '../sandbox/world.ts';
import { misused } from './command-error.ts';
import { type SampleName, sampleKindOf } from './sample-kinds.ts';

/** What is to be said in samples, where it matters. */
export interface SampleOptions {
  /** Of the resource that the first event is about; a new one unless told. */
  id?: string | undefined;
  /** In major units, as decimal text. */
  amount?: string | undefined;
  /** The merchant's own name for it; a new one unless told. */
  reference?: string | undefined;
  qrApi: 'v1' | 'v2';
  /** The sub-account whose news it is; empty for the owner of the key. */
  account: string;
  /** Written over what the event is about, each by its path, such as `payment_details.issuer_name`. */
  set: readonly (readonly [path: string, value: Json])[];
}

/** One webhook, ready to be sent as often as need be. */
export interface Sample {
  event: SampleName;
  webhookId: string;
  /** Of the resource that it is about. */
  id: string;
  /** @param sentAt milliseconds since the epoch: the envelope tells the time of each attempt. */
  bodyAt(sentAt: number): string;
}

/**
 * Makes webhooks as Xendit sends them, about resources that never were. Those of one call are about the same ones, each a
 * millisecond younger than the one before.
 *
 * @throws CommandError MISUSED there is no such field to be changed.
 */
export function makeSamples(events: readonly SampleName[], options: SampleOptions, nowMs: number): Sample[] {
  const known = new Map<string, Json>();
  const reference = options.reference ?? `trigger-${randomBytes(4).toString('hex')}`;
  return events.map((event, index) => makeSample(event, { ...options, reference }, known, nowMs + index));
}

function makeSample(
  event: SampleName,
  { id, amount, reference, qrApi, account, set }: SampleOptions,
  known: Map<string, Json>,
  nowMs: number,
): Sample {
  const { kind, says } = sampleKindOf(event, qrApi);
  const data = { ...kind.make(account, nowMs), ...says };
  const places = Object.entries(kind.ids).map(([path, resource]) => ({ path: path.split('.'), resource }));
  const [own] = places;
  if (own !== undefined && id !== undefined && known.size === 0) known.set(own.resource, id);
  for (const { path, resource } of places) {
    const named = known.get(resource) ?? read(data, path);
    write(data, path, named);
    known.set(resource, named);
  }
  name(data, reference);
  if (amount !== undefined) price(event, data, kind.amounts, amount);
  for (const [path, value] of set) write(data, path.split('.'), value);
  const version = kind.apiVersion && { api_version: kind.apiVersion };
  const envelope = (sentAt: number) => ({
    business_id: businessOf(account),
    created: timeOf(sentAt),
    ...version,
    data,
  });
  return {
    event,
    webhookId: randomUUID(),
    id: String(own && read(data, own.path)),
    bodyAt: (sentAt) => JSON.stringify({ event, ...(kind.isBare ? data : envelope(sentAt)) }),
  };
}

/** Where a sample holds the merchant's own name, it holds this one. */
function name(data: JsonObject, reference: string | undefined): void {
  if (typeof data.reference_id === 'string') data.reference_id = reference;
  const code = objectOf(data.qr_code);
  if (code?.external_id !== undefined) code.external_id = reference;
}

function price(event: SampleName, data: JsonObject, fields: readonly string[], amount: string): void {
  if (fields.length === 0) throw misused(`${event} has no amount: leave --amount out`);
  for (const field of fields) if (data[field] !== 0) data[field] = rawNumber(amount);
  for (const capture of Array.isArray(data.captures) ? data.captures : [])
    if (isJsonObject(capture)) capture.capture_amount = rawNumber(amount);
}

function read(data: JsonObject, [field = '', ...deeper]: string[]): Json {
  const value = data[field] ?? null;
  return deeper.length === 0 ? value : read(objectOf(value) ?? {}, deeper);
}

function write(data: JsonObject, [field = '', ...deeper]: string[], value: Json): void {
  if (deeper.length === 0) {
    data[field] = value;
    return;
  }
  const inner = objectOf(data[field]) ?? {};
  data[field] = inner;
  write(inner, deeper, value);
}
