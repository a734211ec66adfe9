import type { Log } from '../log.ts';
import { askAgainAfterMs, maxUnknownAgeMs } from '../model/asking.ts';
import { type Resource, reusableType } from '../model/resource.ts';
import { isSettled } from '../model/status.ts';
import type { Due, DueResource } from '../store/due.ts';
import { asReconciler } from '../xendit/client.ts';
import { XenditError } from '../xendit/errors.ts';
import { askById, isAway } from './asking.ts';
import { listUnknownPayments } from './paid-requests.ts';
import { askForQrCode, nameOf } from './qr-codes.ts';
import { takeQrPayments } from './qr-payments.ts';
import type { Rooms } from './rooms.ts';

export interface ReconcileOptions {
  /** How often it looks for resources whose time has come, in milliseconds. */
  everyMs: number;
  /** How many it takes at once. */
  batchSize: number;
  log: Log;
}

/** For how long a resource that was taken is nobody else's, in milliseconds; whoever dies with it leaves it to the next. */
const leaseMs = 60_000;

/**
 * Asks Xendit by itself about what is unfinished, so that a webhook that never comes costs seconds, not the money. It keeps to
 * its share of the budget, and goes on where it was after a restart, since what is due stands in the ledger.
 *
 * @returns a function that stops it and waits for what is under way.
 */
export function startReconciling(
  rooms: Rooms,
  due: Due,
  { everyMs, batchSize, log }: ReconcileOptions,
): () => Promise<void> {
  const own: Rooms = { ...rooms, xendit: asReconciler(rooms.xendit) };
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const round = async () => {
    await Promise.all((await due.claim(batchSize, leaseMs)).map(work));
  };
  const work = async ({ resource, createdAt }: DueResource) => {
    try {
      if (!(await reconcile(own, resource))) await due.putOff(resource, nextTime(resource, createdAt));
    } catch (error) {
      // A spent share of the budget is no news; neither is an Xendit that is away, of which the breaker tells.
      const level = isAway(error) ? 'debug' : 'warn';
      log[level]({ err: error, type: resource.__typename, id: resource.id }, 'could not be reconciled yet');
      // Also where the resource itself is settled by now, and only its payment couldn't be asked about.
      await due.putOff(resource, new Date(Date.now() + leaseMs)).catch(() => undefined);
    }
  };
  const schedule = () => {
    if (isStopped) return;
    timer = setTimeout(() => {
      running = round()
        .catch((error) => log.warn({ err: error }, 'reconciling has to wait'))
        .finally(schedule);
    }, everyMs);
    timer.unref();
  };
  schedule();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await running;
  };
}

/**
 * Asks about one resource, and about payments of it that nobody told of.
 *
 * @returns whether Xendit knows it; then the ledger has its next time.
 */
async function reconcile(rooms: Rooms, resource: Resource): Promise<boolean> {
  const { account, __typename: type, id } = resource;
  if (resource.__typename === 'QrCode') return reconcileQrCode(rooms, resource);
  const found = await askById(rooms, { account, type, id }, resource, 'RECONCILED');
  if (found?.__typename === 'PaymentRequest') await reconcilePaymentsOf(rooms, found);
  return found !== undefined;
}

/** A request names its latest payment; of a reusable one there may be others that nobody told of. */
async function reconcilePaymentsOf(rooms: Rooms, request: Resource<'PaymentRequest'>): Promise<void> {
  const { account, latestPaymentId, type } = request;
  if (latestPaymentId === undefined) return;
  const unknown = type === reusableType ? await listUnknownPayments(rooms, request).catch(unlessRefused) : [];
  for (const id of unknown) await askById(rooms, { account, type: 'Payment', id }, undefined, 'RECONCILED');
  const latest = { account, type: 'Payment', id: latestPaymentId } as const;
  const known = await rooms.reads.find(latest);
  if (known === undefined || !isSettled('Payment', known.resource.status))
    await askById(rooms, latest, known?.resource, 'RECONCILED');
}

/** A key that may not see the balance's movements finds the latest payment all the same. */
function unlessRefused(error: unknown): string[] {
  if (error instanceof XenditError && !isAway(error)) return [];
  throw error;
}

/** A code's payments are its news; Xendit lists them apart. */
async function reconcileQrCode(rooms: Rooms, known: Resource<'QrCode'>): Promise<boolean> {
  const { account, externalId } = known;
  if (externalId === undefined) return false;
  const name = nameOf(rooms, externalId, known);
  const code = await askForQrCode(rooms, account, name, 'RECONCILED');
  // One that is settled was told together with its payment.
  if (code !== undefined && !isSettled('QrCode', code.status))
    await takeQrPayments(rooms, account, name, {}, 'RECONCILED');
  // Another code may have the name: then Xendit doesn't know this one.
  return code?.id === known.id;
}

/** When to ask again about what Xendit doesn't know yet, or no more: by its age, until it is too old. */
function nextTime(resource: Resource, createdAt: Date): Date | undefined {
  const { __typename: type, id, status, family } = resource as Resource<'Payment'>;
  const now = Date.now();
  const ageMs = now - createdAt.getTime();
  const afterMs = ageMs < maxUnknownAgeMs ? askAgainAfterMs({ type, id, status, family }, ageMs) : undefined;
  return afterMs === undefined ? undefined : new Date(now + afterMs);
}
