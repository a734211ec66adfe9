import { GatewayError, OutcomeUnknownError } from '../errors.ts';
import { isAskable } from '../model/asking.ts';
import type { Observation, Origin } from '../model/observation.ts';
import { isKnown } from '../model/reduce.ts';
import { type Fields, isQrRefund, keyText, type Resource, type ResourceKey } from '../model/resource.ts';
import { isSettled, type ResourceType } from '../model/status.ts';
import type { Known } from '../store/present.ts';
import { getPaymentRequest } from '../xendit/payment-requests.ts';
import { getPaymentSession } from '../xendit/payment-sessions.ts';
import { getPaymentToken } from '../xendit/payment-tokens.ts';
import { getPayment } from '../xendit/payments.ts';
import { getRefund } from '../xendit/refunds.ts';
import { withItsPayment } from './paid-requests.ts';
import { askForQrRefund } from './qr-refunds.ts';
import type { Rooms } from './rooms.ts';

type Ask = (rooms: Rooms, account: string, id: string) => Promise<Observation[]>;

/** How Xendit is asked for a resource by its id; a QR code is asked for by the merchant's name, elsewhere. */
const asks: Partial<Record<ResourceType, Ask>> = {
  PaymentRequest: async (rooms, account, id) =>
    withItsPayment(rooms, account, await getPaymentRequest(rooms.xendit, account, id)),
  Payment: ({ xendit }, account, id) => getPayment(xendit, account, id),
  PaymentSession: ({ xendit }, account, id) => getPaymentSession(xendit, account, id),
  PaymentToken: ({ xendit }, account, id) => getPaymentToken(xendit, account, id),
  Refund: ({ xendit }, account, id) => getRefund(xendit, account, id),
};

/**
 * One resource by Xendit's id: from the ledger when that is settled or fresh, otherwise by one GET that all who ask at the
 * same moment share.
 *
 * @param askAboutUnknown how Xendit is asked about what the ledger doesn't know.
 * @returns undefined when neither the ledger nor Xendit knows it.
 */
export async function findResource<T extends ResourceType>(
  rooms: Rooms,
  account: string,
  type: T,
  id: string,
  askAboutUnknown: () => Promise<Resource | undefined> = () => askById(rooms, { account, type, id }, undefined),
): Promise<Resource<T> | undefined> {
  const known = await rooms.reads.find({ account, type, id });
  if (known !== undefined && isCurrent(known, rooms.readMaxAgeMs)) return known.resource as Resource<T>;
  if (known === undefined) return (await askAboutUnknown()) as Resource<T> | undefined;
  const found = await askById(rooms, { account, type, id }, known.resource, 'API', known).catch(
    orKnown(known.resource),
  );
  return (found ?? known.resource) as Resource<T>;
}

/** Reads what the ledger has of a type, whatever its age. */
export function readKnown<T extends ResourceType>(
  { reads }: Rooms,
  type: T,
): (account: string, id: string) => Promise<Resource<T> | undefined> {
  return async (account, id) => (await reads.find({ account, type, id }))?.resource as Resource<T> | undefined;
}

/** Whether a resource is only a name so far: others have spoken of it, but nothing of how it is doing was heard. */
export function isOnlyNamed({ status, xenditStatus }: Resource): boolean {
  return status === 'UNKNOWN' && xenditStatus === undefined;
}

/** What stands in for an answer when Xendit can't be asked now: the ledger's last word, if there is one. */
export function orKnown<T>(known: T | undefined): (error: unknown) => T {
  return (error) => {
    if (isAway(error) && known !== undefined) return known;
    throw error;
  };
}

/** Whether Xendit can't be asked now, rather than having said no. */
export function isAway(error: unknown): boolean {
  return error instanceof GatewayError && (error.code === 'UNAVAILABLE' || error.code === 'THROTTLED');
}

/**
 * Asks Xendit about one resource, and tells the ledger what it said.
 *
 * @param known what the ledger has, if anything: it may tell that there is nobody to ask.
 * @param before as it was read just now, where an answer that says the same needn't be kept.
 * @returns undefined when Xendit doesn't know it, or can't be asked.
 */
export async function askById(
  rooms: Rooms,
  key: ResourceKey,
  known: Resource | undefined,
  origin: Origin = 'API',
  before?: Known,
): Promise<Resource | undefined> {
  const ask = askerOf(rooms, key, (known ?? {}) as Fields<'Payment'> & Fields<'Refund'>);
  return ask && shareAsking(rooms, keyText(key), { ...key, before }, origin, ask);
}

/** How Xendit is asked about a resource; undefined when it can't be. */
function askerOf(
  rooms: Rooms,
  { account, type, id }: ResourceKey,
  known: Fields<'Payment'> & Fields<'Refund'>,
): (() => Promise<Observation[]>) | undefined {
  if (!isAskable(type, id, known.family)) return undefined;
  if (type === 'Refund' && isQrRefund(id, known)) {
    const { paymentId } = known;
    return paymentId === undefined ? undefined : () => askForQrRefund(rooms, account, id, { ...known, paymentId });
  }
  const ask = asks[type];
  return ask && (() => ask(rooms, account, id));
}

/**
 * One GET for all who ask under the same name at the same moment; its answer is observed. Callers don't join the reconciler,
 * whose smaller share of the budget may refuse it.
 */
export function shareAsking(
  rooms: Rooms,
  name: string,
  { account, type, before }: Asked,
  origin: Origin,
  ask: () => Promise<Observation[]>,
): Promise<Resource | undefined> {
  return rooms.flights.share(`${origin} ${name}`, async () => {
    try {
      const observations = await ask();
      // As it is by now: much may have been heard while Xendit was asked.
      if (before !== undefined && isNoNews(rooms, before, observations))
        return (await rooms.reads.findSince(before)).resource;
      const { resources } = await rooms.ledger.observe({ account, origin, observations });
      return resources.findLast((resource) => resource.__typename === type);
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'NOT_FOUND') return undefined;
      throw error;
    }
  });
}

/** What Xendit is asked about. */
interface Asked extends Pick<ResourceKey, 'account' | 'type'> {
  /** What the ledger had of it just before, where it needn't hear the same again. */
  before?: Known | undefined;
}

/**
 * Whether the ledger needn't hear an answer: it would keep nothing of it but when it came, and nobody wants to know that. Where
 * answers serve those who come a little later, or the gateway is about to ask by itself, somebody does.
 */
function isNoNews({ readMaxAgeMs }: Rooms, { state, askAt }: Known, observations: readonly Observation[]): boolean {
  const isWhenKept = readMaxAgeMs > 0 || (askAt !== undefined && askAt.getTime() <= Date.now());
  return !isWhenKept && observations.every((observation) => isKnown(state, observation));
}

/**
 * Tells the ledger what Xendit answered when it did something. Once it has been done, an answer that can't be kept is an
 * outcome that isn't known here.
 *
 * @param id of the resource that was meant; the first that the answer is about unless told.
 * @returns that resource, as it is now.
 */
export async function observeAnswer<T extends ResourceType>(
  rooms: Rooms,
  account: string,
  observations: Observation[],
  reference: string,
  id = observations[0]?.id,
): Promise<Resource<T>> {
  try {
    const { resources } = await rooms.ledger.observe({ account, origin: 'API', observations });
    return resources.findLast((resource) => resource.id === id) as Resource<T>;
  } catch (cause) {
    throw new OutcomeUnknownError(reference, { cause });
  }
}

/**
 * Whether the ledger may answer: the resource is settled or fresh, and Xendit's own word on it has been heard rather than
 * only that of a payment or a link. One that Xendit can't be asked about is always current.
 */
export function isCurrent({ resource, observedAt }: Known, maxAgeMs: number): boolean {
  const { created, family } = resource as Fields<'Refund'>;
  if (resource.__typename !== 'QrCode' && !isAskable(resource.__typename, resource.id, family)) return true;
  // A QR refund doesn't say when it was made; its family is known once Xendit has answered.
  const isOfQr = resource.__typename === 'Refund' && isQrRefund(resource.id, resource);
  if ((isOfQr ? family : created) === undefined) return false;
  return isSettled(resource.__typename, resource.status) || Date.now() - observedAt.getTime() < maxAgeMs;
}
