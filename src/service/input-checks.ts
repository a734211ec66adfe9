import { type FieldProblem, GatewayError, InvalidInputError } from '../errors.ts';
import { cardDataMessage, findCardData } from '../model/card-data.ts';
import { isJsonObject, scalarText } from '../model/json.ts';
import { compareDecimals, toDecimal } from '../model/money.ts';
import { outgoingUrlProblem, type Reach } from '../model/outgoing-url.ts';
import { findPlaces, pathOf } from '../model/places.ts';
import { isKey } from '../xendit/wire.ts';

/** What is wrong with one field; undefined or none when nothing is. */
export type Check = FieldProblem | undefined | readonly Check[];

/** Xendit's limits for metadata, unless a product has its own. */
const defaultMetadata = { entries: 50, keyLength: 40, valueLength: 500 };

/** @throws InvalidInputError naming every field that is wrong, if any is. */
export function refuse(checks: readonly Check[]): void {
  const problems = (checks as unknown[]).flat(Number.POSITIVE_INFINITY) as (FieldProblem | undefined)[];
  const found = problems.filter((one) => one !== undefined);
  if (found.length > 0) throw new InvalidInputError(found);
}

/** A problem of one field of the input. */
export function problem(path: string | readonly string[], message: string): FieldProblem {
  return { path: ['input', ...(typeof path === 'string' ? [path] : path)], message };
}

/** A name or id: some length, no control characters. */
export function checkName(path: string | readonly string[], text: string | undefined, maxLength: number): Check {
  if (text === undefined) return undefined;
  if (text === '' || text.length > maxLength) return problem(path, `must have 1 to ${maxLength} characters`);
  return /\p{Cc}/u.test(text) || !text.isWellFormed() ? problem(path, 'must have no control characters') : undefined;
}

/**
 * An id of Xendit's that is kept before anybody is asked about it.
 *
 * @throws GatewayError NOT_FOUND nothing can have it.
 */
export function refuseNoId(id: string): void {
  if (!isKey(id)) throw new GatewayError('NOT_FOUND', 'Nothing can have this id');
}

/** A description: some length; line breaks are fine. */
export function checkText(path: string | readonly string[], text: string | undefined, maxLength: number): Check {
  const isFine = text === undefined || (text !== '' && text.length <= maxLength && text.isWellFormed());
  return isFine ? undefined : problem(path, `must have 1 to ${maxLength} characters`);
}

/** Decimal text within bounds that are inclusive. */
export function checkAmount(
  path: string | readonly string[],
  text: string | undefined,
  { min, max }: { min?: string | undefined; max?: string | undefined },
): Check {
  if (text === undefined) return undefined;
  const amount = toDecimal(text);
  if (amount === undefined) return problem(path, 'must be a decimal number, such as 15000');
  const isLess = min !== undefined && compareDecimals(amount, min) < 0;
  const isMore = max !== undefined && compareDecimals(amount, max) > 0;
  if (!isLess && !isMore) return undefined;
  if (max === undefined) return problem(path, `must be at least ${min}`);
  return problem(path, min === undefined ? `must be at most ${max}` : `must be within ${min} and ${max}`);
}

/** An address that Xendit or a payer's browser is told. @param schemes such as `https:`; those of the reach unless told. */
export function checkUrl(
  path: string | readonly string[],
  text: string | undefined,
  reach: Reach,
  schemes?: string[],
): Check {
  const message = text === undefined ? undefined : outgoingUrlProblem(text, reach, schemes);
  return message === undefined ? undefined : problem(path, message);
}

/** The addresses among a channel's properties, such as the pages that a payer is sent back to, however deep. */
export function checkReturnUrls(
  properties: unknown,
  reach: Reach,
  path: readonly string[] = ['channelProperties'],
): Check {
  return findPlaces(properties, ({ name }) => /ur[il]$/i.test(name)).map((place) => {
    const inner = [...path, ...pathOf(place)];
    return typeof place.value === 'string' ? checkUrl(inner, place.value, reach) : problem(inner, 'must be a text');
  });
}

export function checkMetadata(metadata: unknown, limits = defaultMetadata): Check {
  if (metadata === undefined || metadata === null) return undefined;
  if (!isJsonObject(metadata)) return problem('metadata', 'must be an object');
  const entries = Object.entries(metadata);
  if (entries.length > limits.entries) return problem('metadata', `must have at most ${limits.entries} keys`);
  return entries.map(([key, value]): Check => {
    const text = scalarText(value) ?? JSON.stringify(value) ?? '';
    return [
      key.length > limits.keyLength
        ? problem('metadata', `keys must have at most ${limits.keyLength} characters`)
        : undefined,
      text.length > limits.valueLength
        ? problem(['metadata', key], `must have at most ${limits.valueLength} characters`)
        : undefined,
    ];
  });
}

/** Raw card data anywhere in an input, by the names that it goes by. */
export function checkNoCards(value: unknown, path: readonly string[] = []): Check {
  return findCardData(value).map((inner) => problem([...path, ...inner], cardDataMessage));
}
