import { readFileSync } from 'node:fs';
import { type JsonObject, parseJson } from '../../src/model/json.ts';

const folder = new URL('../fixtures/webhooks/', import.meta.url);

/** A webhook that Xendit really sent, or printed; `changes` go into its `data`, or into the body where there is none. */
export function sample(name: string, changes: JsonObject = {}, envelope: JsonObject = {}): JsonObject {
  const body = parseJson(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as JsonObject;
  if (body.data === undefined) return { ...body, ...changes, ...envelope };
  return { ...body, data: { ...(body.data as JsonObject), ...changes }, ...envelope };
}

/** Ids of Xendit's where they are values, not keys such as `qr_code`. */
const ids = /"((?:qrpy_|qr_|pr-|py-|ddpy-|pymt-|ca_|ewc_|ewr_|cap-|cptr-|ps-|ptkn-|pt-|pm-|rfd-)[\w-]+)"(?!\s*:)/g;

/** The same messages about other resources: each id ends in the mark, and names what it named before. */
export function marked(body: JsonObject, mark: string): JsonObject {
  return parseJson(JSON.stringify(body).replace(ids, (_, id: string) => `"${id}${mark}"`)) as JsonObject;
}

/** What was marked, as it was before. */
export function unmarked<T>(value: T, mark: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll(mark, '')) as T;
}

/** A payment of a version 1 code. */
export function qrPayment(code: { id: string; externalId: string; type?: string }, id: string, more: JsonObject = {}) {
  const { type = 'STATIC' } = code;
  const { qr_code } = sample('qr.payment.v1');
  return sample('qr.payment.v1', {
    id,
    qr_code: { ...(qr_code as JsonObject), id: code.id, external_id: code.externalId, type },
    ...more,
  });
}
