/** What the ledger knows by an id. Each name is a type of the graph. */
export const resourceTypes = [
  'QrCode',
  'QrPayment',
  'PaymentRequest',
  'Payment',
  'Capture',
  'PaymentSession',
  'PaymentToken',
  'Refund',
] as const;

export type ResourceType = (typeof resourceTypes)[number];

/**
 * Each type's statuses from the first to the last; statuses on one line are equals. A resource never goes back up, however
 * its news arrive. Later lines may follow any earlier one: money may arrive after expiry, and reconciliation may find a
 * failed payment paid.
 */
const ladders = {
  QrCode: [['ACTIVE'], ['INACTIVE']],
  QrPayment: [['COMPLETED']],
  PaymentRequest: [
    ['REQUIRES_ACTION', 'ACCEPTING_PAYMENTS'],
    ['PENDING'],
    ['AUTHORIZED'],
    ['EXPIRED', 'CANCELED', 'FAILED'],
    ['SUCCEEDED'],
  ],
  Payment: [['PENDING'], ['AUTHORIZED'], ['EXPIRED', 'CANCELED', 'FAILED'], ['SUCCEEDED'], ['VOIDED', 'REFUNDED']],
  Capture: [['PENDING'], ['FAILED'], ['SUCCEEDED']],
  PaymentSession: [['ACTIVE'], ['PENDING'], ['EXPIRED', 'CANCELED'], ['COMPLETED']],
  PaymentToken: [['REQUIRES_ACTION'], ['PENDING'], ['FAILED'], ['ACTIVE'], ['EXPIRED', 'CANCELED', 'INACTIVE']],
  Refund: [['PENDING'], ['FAILED', 'CANCELLED'], ['SUCCEEDED']],
} as const satisfies Record<ResourceType, readonly (readonly string[])[]>;

/** A status of a type, in Xendit's words, or UNKNOWN: one that Xendit added since, or none heard of yet. */
export type StatusOf<T extends ResourceType> = (typeof ladders)[T][number][number] | 'UNKNOWN';

/** Other spellings of one state: QR v2 says SUCCEEDED for v1's COMPLETED; payments v2 says AWAITING_CAPTURE for v3's AUTHORIZED. */
const synonyms: Partial<Record<ResourceType, Record<string, string>>> = {
  QrPayment: { SUCCEEDED: 'COMPLETED' },
  Payment: { AWAITING_CAPTURE: 'AUTHORIZED' },
  PaymentRequest: { AWAITING_CAPTURE: 'AUTHORIZED' },
};

const settledStatuses: Record<ResourceType, ReadonlySet<string>> = {
  QrCode: new Set(['INACTIVE']),
  QrPayment: new Set(['COMPLETED']),
  PaymentRequest: new Set(['SUCCEEDED']),
  Payment: new Set(['SUCCEEDED', 'VOIDED', 'REFUNDED']),
  Capture: new Set(['SUCCEEDED']),
  PaymentSession: new Set(['COMPLETED']),
  PaymentToken: new Set(['EXPIRED', 'CANCELED', 'INACTIVE']),
  Refund: new Set(['SUCCEEDED']),
};

/** Of which it is known that no money has moved, nor is promised. */
const moneylessStatuses: ReadonlySet<string> = new Set([
  'REQUIRES_ACTION',
  'ACCEPTING_PAYMENTS',
  'ACTIVE',
  'PENDING',
  'FAILED',
  'EXPIRED',
  'CANCELED',
  'CANCELLED',
]);

/** Whether a status may mean that money has moved or is promised; one that isn't known may, too. */
export function mayMeanMoney(type: ResourceType, status: string): boolean {
  return type !== 'PaymentToken' && !moneylessStatuses.has(status);
}

/** The rank of each status of each type: it is asked for several times for each observation. */
const ranks = new Map<ResourceType, ReadonlyMap<string, number>>(
  resourceTypes.map((type) => [
    type,
    new Map(ladders[type].flatMap((equals, index) => equals.map((status) => [status, index + 1]))),
  ]),
);

/** How far along a status is: 0 for UNKNOWN, then 1, 2, 3 … */
export function rankOf(type: ResourceType, status: string): number {
  return ranks.get(type)?.get(status) ?? 0;
}

/** Xendit's word for a status in the words of this gateway; a stranger is UNKNOWN. */
export function toStatus<T extends ResourceType>(type: T, xenditStatus: string | undefined): StatusOf<T> {
  const status = synonyms[type]?.[xenditStatus ?? ''] ?? xenditStatus ?? '';
  return (rankOf(type, status) > 0 ? status : 'UNKNOWN') as StatusOf<T>;
}

/** Whether nothing better can follow, so that nobody need ask or wait any longer. */
export function isSettled(type: ResourceType, status: string): boolean {
  return settledStatuses[type].has(status);
}
