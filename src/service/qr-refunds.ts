import type { Observation } from '../model/observation.ts';
import type { Fields } from '../model/resource.ts';
import { getQrRefund, type QrRefundsOf } from '../xendit/qr-refunds.ts';
import type { Rooms } from './rooms.ts';

/**
 * Where the refunds of a QR payment are to be found: at the version that made its code. What the refund itself tells of that
 * counts first, then the payment, then what new codes are made with.
 */
export async function refundsOfQr(
  { reads, qrApi }: Rooms,
  account: string,
  qrPaymentId: string,
  refund: Fields<'Refund'> = {},
): Promise<QrRefundsOf> {
  const known = await reads.find({ account, type: 'QrPayment', id: qrPaymentId });
  const { family, amount } = (known?.resource ?? {}) as Fields<'QrPayment'>;
  const madeBy = refund.family ?? family;
  const api = madeBy === undefined ? qrApi : madeBy === 'QR_V2' ? 'v2' : 'v1';
  return { qrPaymentId, api, currency: refund.amount?.currency ?? amount?.currency };
}

/** Asks for a refund of a QR payment, which Xendit only finds by its payment. */
export async function askForQrRefund(
  rooms: Rooms,
  account: string,
  id: string,
  known: Fields<'Refund'> & { paymentId: string },
): Promise<Observation[]> {
  return getQrRefund(rooms.xendit, account, { ...(await refundsOfQr(rooms, account, known.paymentId, known)), id });
}
