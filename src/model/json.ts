/** JSON as it came: a number that a JavaScript double can't hold exactly is kept as its own text. */
export type Json = null | boolean | number | string | RawNumber | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json | undefined;
}
/** A number kept as text; `JSON.stringify` prints it unchanged. */
export interface RawNumber {
  readonly rawJSON: string;
}

/** The part of JSON that Node has and TypeScript's library doesn't know yet: the source text of a number, and raw numbers. */
const exact = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
};

/**
 * Parses JSON without losing a digit: 9007199254740993 and 1e400 survive a round trip through `JSON.stringify`.
 *
 * @throws SyntaxError the text is not JSON; RangeError it nests too deeply to walk.
 */
export function parseJson(text: string): Json {
  if (!mayChange(text) && openings(text) <= fewOpenings) return JSON.parse(text) as Json;
  return exact.parse(text, (_, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? exact.rawJSON(source) : value,
  ) as Json;
}

/**
 * Whether a text may have a number that a double changes: one with a point, an exponent or more than 15 digits, or minus nothing.
 * To look for one, within strings too, and to parse takes a fifth of the time of looking at each value on the way.
 */
function mayChange(text: string): boolean {
  return isNumber.test(text) || doubtful.test(text);
}

/** A text that is nothing but a number. */
const isNumber = /^\s*-?\d/;
/** One that follows a name, or is in a list. */
const doubtful = /(?:(?<="\s*):|[,[])\s*(?:-0|-?\d+[.eE]|-?\d{16})/;

/** So deep a value may nest without being looked at: whoever walks through it has a stack for that. */
const fewOpenings = 1_000;

/** How many objects and lists a text has at most, where it can have more than a few; those beyond aren't counted. */
function openings(text: string): number {
  if (text.length <= fewOpenings) return 0;
  let count = 0;
  for (const opening of ['{', '[']) {
    for (let index = text.indexOf(opening); index >= 0 && count <= fewOpenings; count += 1)
      index = text.indexOf(opening, index + 1);
  }
  return count;
}

/** A number that `JSON.stringify` prints as this very text, which must be a JSON number. */
export function rawNumber(text: string): RawNumber {
  return exact.rawJSON(text);
}

/** Whether a value is a JSON object, rather than a list, a number kept as text or a scalar. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !exact.isRawJSON(value);
}

/** The text of a number, or a string as it is; undefined for anything else. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return exact.isRawJSON(value) ? value.rawJSON : undefined;
}

/** A non-empty string, or undefined. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A JSON object, or undefined. */
export function objectOf(value: unknown): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

/**
 * The same text for the same content, whatever the order of its keys.
 *
 * @throws RangeError it nests too deeply to walk.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(inOrder(value));
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  // A Date writes itself.
  if (!isJsonObject(value) || typeof value.toJSON === 'function') return value;
  const ordered: Record<string, unknown> = {};
  for (const name of Object.keys(value).sort()) {
    const inner = inOrder(value[name]);
    // Set as the others are, this one would be no key but the prototype.
    if (name === '__proto__') Object.defineProperty(ordered, name, { value: inner, enumerable: true });
    else ordered[name] = inner;
  }
  return ordered;
}
