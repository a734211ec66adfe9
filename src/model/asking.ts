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
];

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

/**
 * When the gateway should ask Xendit about an unfinished resource by itself.
 *
 * @param ageMs since it was made, in milliseconds.
 * @returns milliseconds from now; undefined when there is nothing more to ask, or nobody to ask.
 */
export function askAgainAfterMs(
  { type, id, status, family }: { type: ResourceType; id: string; status: string; family: Family | undefined },
  ageMs: number,
): number | undefined {
  if (isSettled(type, status) || !isAskable(type, id, family)) return undefined;
  const schedule = closedStatuses.has(status) ? closedSchedule : openSchedule;
  return schedule.find(([untilAgeMs]) => ageMs < untilAgeMs)?.[1];
}
