import { randomInt } from 'node:crypto';
import { textOf } from '../model/json.ts';
import { writeQrOf } from './emvco.ts';
import type { Action } from './payment-request.ts';
import type { NewPaymentRequest } from './payment-request-input.ts';

/**
 * What a payer is asked to do for a new payment request: scan a code, transfer to an account, tell a code at a counter, or visit
 * a page.
 *
 * Source: Xendit API reference, "Create a payment request", `actions`.
 */
export function actionsFor(id: string, wanted: NewPaymentRequest): Action[] {
  const { channel, channelProperties, amount, type } = wanted;
  switch (channel.kind) {
    case 'QR_CODE': {
      const isStatic = type === 'REUSABLE_PAYMENT_CODE';
      const reference = id.replace(/^pr-|-/g, '').slice(0, 25);
      return [present('QR_STRING', writeQrOf(channel.code, { isStatic, amount, reference }))];
    }
    case 'VIRTUAL_ACCOUNT':
      return [
        present('VIRTUAL_ACCOUNT_NUMBER', textOf(channelProperties.virtual_account_number) ?? `8808${digits(12)}`),
      ];
    case 'OVER_THE_COUNTER':
      return [present('PAYMENT_CODE', textOf(channelProperties.payment_code) ?? `XEND${digits(9)}`)];
    default:
      return [visit(id)];
  }
}

/** The page, on a host of Xendit's test mode, where a payer approves; nobody is there. */
export function visit(id: string): Action {
  return { type: 'REDIRECT_CUSTOMER', descriptor: 'WEB_URL', value: `https://checkout-staging.xendit.co/web/${id}` };
}

function present(descriptor: Action['descriptor'], value: string): Action {
  return { type: 'PRESENT_TO_CUSTOMER', descriptor, value };
}

function digits(count: number): string {
  return String(randomInt(10 ** count)).padStart(count, '0');
}
