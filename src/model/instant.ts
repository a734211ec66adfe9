/**
 * A moment as fixed-width text, `2022-02-16T06:01:07.322974428Z`: UTC, nine fractional digits, so that text order is
 * time order and nothing that Xendit said is rounded away.
 */
export type Instant = string & { readonly instant: unique symbol };

const pattern =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9})\d*)?(?:([Zz])|([+-])(\d\d):?(\d\d)?)?$/;

/**
 * Reads the spellings of a time that Xendit uses: `Z`, `+08:00` and `+0800`, and none to nine fractional digits.
 * A time without an offset is UTC.
 *
 * @returns undefined when the text is no such moment.
 */
export function toInstant(text: unknown): Instant | undefined {
  const match = typeof text === 'string' ? pattern.exec(text) : null;
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', , sign, offsetHours = '0', offsetMinutes = '0'] =
    match;
  const seconds = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const local = new Date(`${seconds}Z`);
  if (Number.isNaN(local.getTime()) || local.getUTCDate() !== Number(day)) return undefined;
  if (sign === undefined) return year === '0000' ? undefined : (`${seconds}.${fraction.padEnd(9, '0')}Z` as Instant);
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined;
  const offsetMs = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000 * (sign === '-' ? -1 : 1);
  const utc = new Date(local.getTime() - offsetMs);
  if (utc.getUTCFullYear() < 1 || utc.getUTCFullYear() > 9999) return undefined;
  return `${utc.toISOString().slice(0, 19)}.${fraction.padEnd(9, '0')}Z` as Instant;
}

/** A moment as an `Instant`. */
export function instantOf(date: Date): Instant {
  return `${date.toISOString().slice(0, 23)}000000Z` as Instant;
}

/** Whether something is a text in this form, of which no other spelling of a time has all. */
export function isInstant(value: unknown): value is Instant {
  return typeof value === 'string' && value.length === 30 && value[19] === '.' && value[29] === 'Z';
}

/** A moment as most programs write it, `2022-02-16T06:01:07.322Z`. */
export function toMilliseconds(instant: Instant): string {
  return `${instant.slice(0, 23)}Z`;
}
