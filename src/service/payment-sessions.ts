import type { Reach } from '../model/outgoing-url.ts';
import type { Resource } from '../model/resource.ts';
import * as xendit from '../xendit/payment-sessions.ts';
import { observeAnswer } from './asking.ts';
import { createOnce } from './creating.ts';
import {
  type Check,
  checkAmount,
  checkName,
  checkNoCards,
  checkReturnUrls,
  checkUrl,
  problem,
  refuse,
} from './input-checks.ts';
import type { OnceOperation, OnceResult } from './once.ts';
import { checkPurchase } from './purchase-checks.ts';
import type { Asked } from './recovering.ts';
import type { Rooms } from './rooms.ts';

export type { NewPaymentSession } from '../xendit/payment-sessions.ts';

export interface PaymentSessionService {
  /**
   * Opens a checkout of Xendit's own, once for each key.
   *
   * @throws InvalidInputError before anything is sent.
   * @throws OutcomeUnknownError no answer in time, and none since: Xendit can't be asked by reference.
   */
  createPaymentSession(
    session: xendit.NewPaymentSession,
    idempotencyKey: string,
  ): Promise<OnceResult<Resource<'PaymentSession'>>>;
  cancelPaymentSession(id: string): Promise<Resource<'PaymentSession'>>;
}

export type CreatePaymentSession = OnceOperation<xendit.NewPaymentSession, Resource<'PaymentSession'>>;

/** Of the two limits that Xendit's manual prints, the smaller. */
const sessionMetadata = { entries: 20, keyLength: 40, valueLength: 80 };
const minExpiryMs = 10 * 60_000;

/** How a session is opened once. */
export function createPaymentSessionOperation(rooms: Rooms): CreatePaymentSession {
  return createOnce(rooms, 'PaymentSession', describe, async (account, session: xendit.NewPaymentSession) => {
    // Only now: the same key is answered also when the time is no longer ahead.
    refuse([checkExpiry(session)]);
    const observations = await xendit.createPaymentSession(rooms.xendit, account, session);
    return observeAnswer<'PaymentSession'>(rooms, account, observations, session.referenceId);
  });
}

function describe(session: xendit.NewPaymentSession): Asked {
  const { referenceId, sessionType, mode, amount, currency, captureMethod, customerId } = session;
  return { reference: referenceId, sessionType, mode, amount, currency, captureMethod, customerId };
}

export function createPaymentSessionService(
  rooms: Rooms,
  create: CreatePaymentSession,
  account: string,
): PaymentSessionService {
  return {
    async createPaymentSession(session, idempotencyKey) {
      refuse([...checkSession(session, rooms.reach), checkName('idempotencyKey', idempotencyKey, 100)]);
      return rooms.once.run(create, account, idempotencyKey, session);
    },
    async cancelPaymentSession(id) {
      return observeAnswer(rooms, account, await xendit.cancelPaymentSession(rooms.xendit, account, id), id);
    },
  };
}

function checkSession(session: xendit.NewPaymentSession, reach: Reach): Check[] {
  const { sessionType, amount, customer, customerId, allowSavePaymentMethod: saving } = session;
  const isSave = sessionType === 'SAVE';
  const needsCustomer = isSave || saving === 'OPTIONAL' || saving === 'FORCED';
  return [
    checkPurchase(session, { referenceId: 64, customer: 255, metadata: sessionMetadata, reach }),
    checkAmount('amount', amount, isSave ? { min: '0', max: '0' } : { min: '0' }),
    !isSave && Number(amount) === 0 ? problem('amount', 'must be above 0') : undefined,
    needsCustomer && !customer && !customerId
      ? problem('customerId', 'is needed to save a means of payment, or `customer`')
      : undefined,
    sessionType !== 'PAY' && saving !== undefined ? problem('allowSavePaymentMethod', 'is for PAY only') : undefined,
    sessionType !== 'PAY' && session.captureMethod !== undefined
      ? problem('captureMethod', 'is for PAY only')
      : undefined,
    sessionType !== 'PAY' && session.items !== undefined ? problem('items', 'are for PAY only') : undefined,
    checkUrl('successReturnUrl', session.successReturnUrl, reach, ['https:']),
    checkUrl('cancelReturnUrl', session.cancelReturnUrl, reach, ['https:']),
    checkUrl(['componentsConfiguration', 'returnUrl'], session.componentsConfiguration?.returnUrl, reach, ['https:']),
    (session.componentsConfiguration?.origins ?? []).map((origin, index) =>
      checkUrl(['componentsConfiguration', 'origins', String(index)], origin, reach, ['https:']),
    ),
    checkReturnUrls(session.channelProperties, reach),
    checkNoCards(session),
  ];
}

function checkExpiry({ expiresAt }: xendit.NewPaymentSession): Check {
  const isTooSoon = expiresAt !== undefined && expiresAt.getTime() < Date.now() + minExpiryMs;
  return isTooSoon ? problem('expiresAt', 'must be at least 10 minutes ahead') : undefined;
}
