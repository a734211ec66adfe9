import type { ResourceType } from './status.ts';

/** Xendit's ids tell by their beginnings what they name; longer beginnings stand before the shorter ones they contain. */
const beginnings: readonly (readonly [string, ResourceType])[] = [
  ['qrpy_', 'QrPayment'],
  ['qrrf_', 'Refund'],
  ['qr_', 'QrCode'],
  ['pr-', 'PaymentRequest'],
  ['py-', 'Payment'],
  ['ddpy-', 'Payment'],
  ['pymt-', 'Payment'],
  ['ca_', 'Payment'],
  ['ewc_', 'Payment'],
  ['cap-', 'Capture'],
  ['cptr-', 'Capture'],
  ['ps-', 'PaymentSession'],
  ['ptkn-', 'PaymentToken'],
  ['pt-', 'PaymentToken'],
  ['pm-', 'PaymentToken'],
  ['rfd-', 'Refund'],
  ['ewr_', 'Refund'],
];

/** What an id of Xendit's names; undefined for an id of no kind that the graph has. */
export function typeOfId(id: string): ResourceType | undefined {
  return beginnings.find(([beginning]) => id.startsWith(beginning))?.[1];
}

/** Ids of the inbox are this gateway's own. */
export const webhookEventPrefix = 'wh_';
