import { GatewayError } from '../errors.ts';
import type { Observation } from '../model/observation.ts';
import type { Resource } from '../model/resource.ts';
import { isSettled } from '../model/status.ts';
import type { PaymentRequestObservations } from '../xendit/payment-requests.ts';
import { getPayment } from '../xendit/payments.ts';
import { listTransactions } from '../xendit/transactions.ts';
import type { Rooms } from './rooms.ts';

/**
 * Puts a request's newest payment before the request, asked for where the ledger lacks it: told alone, SUCCEEDED would end
 * the request's streams before its payment is known. While the payment can't be had, the status waits for it.
 *
 * @param answer what Xendit says of one request.
 */
export async function withItsPayment(
  rooms: Rooms,
  account: string,
  answer: PaymentRequestObservations,
): Promise<Observation[]> {
  const [request, ...told] = answer;
  const id = request.fields.latestPaymentId;
  if (id === undefined) return answer;
  const payments = told.length > 0 ? told : await paymentFor(rooms, account, request, id);
  if (payments === undefined) return [{ ...request, status: 'UNKNOWN' }];
  const [payment, ...others] = payments;
  return payment === undefined ? [request] : [payment, { ...request, cause: { type: 'Payment', id } }, ...others];
}

/** @returns nothing new when the ledger knows enough of it, or Xendit nothing; undefined when it can't be had. */
async function paymentFor(
  { reads, xendit }: Rooms,
  account: string,
  { status }: Observation<'PaymentRequest'>,
  id: string,
): Promise<Observation[] | undefined> {
  try {
    const known = (await reads.find({ account, type: 'Payment', id }))?.resource;
    const isEnough = known !== undefined && (status !== 'SUCCEEDED' || isSettled('Payment', known.status));
    return isEnough ? [] : await getPayment(xendit, account, id);
  } catch (error) {
    return error instanceof GatewayError && error.code === 'NOT_FOUND' ? [] : undefined;
  }
}

/** How many movements of the balance are asked for at once, Xendit's most, and how often at most for one request. */
const pageSize = 50;
const maxPages = 20;

/**
 * The payments into a reusable code that the ledger doesn't know yet, oldest first: Xendit's request names only the latest,
 * but every one of them moved the balance. What it finds is asked for one by one, so that a round cut short is gone on with
 * by the next.
 *
 * @throws GatewayError UNAVAILABLE, THROTTLED.
 */
export async function listUnknownPayments(
  { reads, xendit }: Rooms,
  { account, id, referenceId }: Resource<'PaymentRequest'>,
): Promise<string[]> {
  const unknown: string[] = [];
  let afterId: string | undefined;
  for (let page = 0; page < maxPages && referenceId !== undefined; page += 1) {
    const filter = { types: ['PAYMENT'], referenceId, limit: pageSize, afterId };
    const { transactions, hasMore } = await listTransactions(xendit, account, filter);
    const paid = transactions.flatMap(({ productId, paymentRequestId = id }) =>
      productId?.startsWith('py-') && paymentRequestId === id ? [productId] : [],
    );
    const known = await reads.findMany(paid.map((payment) => ({ account, type: 'Payment', id: payment })));
    const fresh = paid.filter((_, index) => (known[index]?.resource.status ?? 'UNKNOWN') === 'UNKNOWN');
    unknown.push(...fresh);
    afterId = transactions.at(-1)?.id;
    if (!hasMore || fresh.length === 0) break;
  }
  return [...new Set(unknown)].reverse();
}
