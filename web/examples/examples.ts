import type { About } from '../shared/about.ts';
import type { Asked } from '../shared/explorer-link.ts';
import createQrCode from './create-qr-code.graphql?raw';
import payQrCode from './pay-qr-code.graphql?raw';
import readQrCode from './read-qr-code.graphql?raw';
import recentActivity from './recent-activity.graphql?raw';
import recentPayments from './recent-payments.graphql?raw';
import watchQrCode from './watch-qr-code.graphql?raw';
import xenditBudget from './xendit-budget.graphql?raw';

/** The examples as they are written, to be shown. */
export const texts = { createQrCode, watchQrCode, payQrCode, readQrCode, recentActivity, recentPayments, xenditBudget };

/** A code's name that nobody has used. */
export function newReference(): string {
  return `order-${Array.from(crypto.getRandomValues(new Uint8Array(5)), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** What a code of fifteen thousand rupiah is made of. */
export function newQrCode(externalId: string) {
  return { externalId, type: 'DYNAMIC', amount: '15000', idempotencyKey: externalId } as const;
}

/** The examples about one code, in the order of its life; with live keys only those that make and move nothing. */
export function examplesFor(mode: About['mode'], externalId: string): Asked[] {
  const write = (variables: object) => JSON.stringify(variables, null, 2);
  const code = write({ externalId });
  const reading = [
    { query: readQrCode, variables: code },
    { query: recentActivity, variables: '' },
  ];
  const watching = { query: watchQrCode, variables: code };
  if (mode === 'live')
    return [...reading, watching, { query: recentPayments, variables: '' }, { query: xenditBudget, variables: '' }];
  return [
    { query: createQrCode, variables: write({ input: newQrCode(externalId) }) },
    watching,
    { query: payQrCode, variables: code },
    ...reading,
  ];
}
