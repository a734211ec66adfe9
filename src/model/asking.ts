import type { Family } from './resource.ts';
import { isSettled, type ResourceType } from './status.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** How long to wait before asking again, by age: money that is to come usually comes soon. */
const openSchedule: readonly (readonly [untilAgeMs: number, everyMs: number])[] = [
  [2 * minute, 4 * second],
  [15 * minute, 20 * second],
  [2 * hour, 2 * minute],
  [day, 15 * minute],
  [7 * day, hour],
  [30 * day, 6 * hour],
  [Number.POSITIVE_INFINITY, day],
];

/** What is paid many times is asked about more seldom from this age on, counted from its last news. */
const youngMs = 2 * hour;

/** What Xendit still doesn't know at this age it never will. */
export const maxUnknownAgeMs = 7 * day;

/** Failed, expired and canceled: money may still arrive late. */
const closedSchedule: typeof openSchedule = [[day, hour]];

const closedStatuses = new Set(['FAILED', 'EXPIRED', 'CANCELED', 'CANCELLED']);

/** Ids that Xendit's present API answers by. The older products' resources are known by their webhooks alone. */
const askableIds: Partial<Record<ResourceType, RegExp>> = {
  QrCode: /^qr_/,
  PaymentRequest: /^pr-/,
  Payment: /^py-/,
  PaymentSession: /^ps-/,
  PaymentToken: /^pt-/,
  Refund: /^(rfd-|qrrf_)/,
};

/** Whether Xendit can be asked about a resource. */
export function isAskable(type: ResourceType, id: string, family: Family | undefined): boolean {
  // No manual says how the id of a QR refund begins.
  if (type === 'Refund' && (family === 'QR_V1' || family === 'QR_V2')) return true;
  return family !== 'PAYMENTS_V2' && family !== 'EWALLET' && (askableIds[type]?.test(id) ?? false);
}

/** What is to be asked about, or no more. */
export interface Asked {
  type: ResourceType;
  id: string;
  status: string;
  family: Family | undefined;
  /** It is open to many payments, so that its age says little of when the next one comes. */
  isPaidOften?: boolean | undefined;
}

/** Whether there may be something to ask about it, and somebody to ask, at any age. */
export function isEverAsked({ type, id, status, family }: Asked): boolean {
  return !isSettled(type, status) && isAskable(type, id, family);
}

/**
 * When the gateway should ask Xendit about an unfinished resource by itself.
 *
 * @param ageMs since it was made, in milliseconds.
 * @param quietMs since its last news, in milliseconds.
 * @returns milliseconds from now; undefined when there is nothing more to ask, or nobody to ask.
 */
export function askAgainAfterMs(asked: Asked, ageMs: number, quietMs = ageMs): number | undefined {
  if (!isEverAsked(asked)) return undefined;
  const { status, isPaidOften } = asked;
  const schedule = closedStatuses.has(status) ? closedSchedule : openSchedule;
  const countedMs = isPaidOften ? Math.min(ageMs, Math.max(quietMs, youngMs)) : ageMs;
  return schedule.find(([untilAgeMs]) => countedMs < untilAgeMs)?.[1];
}
