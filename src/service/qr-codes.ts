import { compareDecimals, toDecimal } from '../model/money.ts';
import type { Observation, Origin } from '../model/observation.ts';
import type { Fields, Resource } from '../model/resource.ts';
import type { Known } from '../store/present.ts';
import * as xendit from '../xendit/qr-codes.ts';
import { isCurrent, observeAnswer, orKnown, readKnown, shareAsking } from './asking.ts';
import { problem, refuse } from './input-checks.ts';
import { NameTakenError, type OnceOperation, type OnceResult } from './once.ts';
import { checkQrCode, checkSimulation, type NewQrCode } from './qr-code-input.ts';
import { type Asked, recoverFromLedger, skewMs } from './recovering.ts';
import type { Rooms } from './rooms.ts';

export interface QrCodeService {
  /**
   * Makes a QR code, once for each key.
   *
   * @throws InvalidInputError before anything is sent.
   * @throws XenditError Xendit said no; OutcomeUnknownError no answer in time: repeat it with the same key.
   */
  createQrCode(input: NewQrCode, idempotencyKey: string): Promise<OnceResult<Resource<'QrCode'>>>;
  /**
   * Pays a QR code with play money; only Xendit's test mode and the sandbox do.
   *
   * @throws XenditError WRONG_STATE the DYNAMIC code is paid already; NOT_FOUND; INVALID_INPUT.
   */
  simulateQrPayment(input: { externalId: string; amount?: string | undefined }): Promise<Resource<'QrPayment'>>;
}

/** What a key stands for: as the caller asked, so that a gateway which has moved since still knows its key. */
type AskedQrCode = Omit<xendit.NewQrCode, 'callbackUrl'> & { callbackUrl?: string | undefined };

export type CreateQrCode = OnceOperation<AskedQrCode, Resource<'QrCode'>>;

/**
 * One QR code by the merchant's own name for it: from the ledger when that is settled or fresh, otherwise by one GET that
 * all who ask at the same moment share. When Xendit can't be asked now, the ledger's last word stands: webhooks keep it.
 *
 * @returns undefined when neither the ledger nor Xendit knows it.
 */
export async function findQrCode(
  rooms: Rooms,
  account: string,
  externalId: string,
): Promise<Resource<'QrCode'> | undefined> {
  const known = await rooms.reads.findByReference(account, 'QrCode', externalId);
  const code = known?.resource as Resource<'QrCode'> | undefined;
  if (known !== undefined && isCurrent(known, rooms.readMaxAgeMs) && (await isExplained(rooms, code))) return code;
  const name = nameOf(rooms, externalId, code);
  const found = await askForQrCode(rooms, account, name, 'API', known).catch(orKnown(code));
  return found ?? code;
}

/** How a QR code is made once. Version 1 takes a name only once, and is asked by it; version 2 can't be asked. */
export function createQrCodeOperation(rooms: Rooms): CreateQrCode {
  return {
    name: 'createQrCode',
    whenNotFound: () => (rooms.qrApi === 'v1' ? 'RESEND' : 'REPORT'),
    soughtForMs: 86_400_000,
    referenceOf: ({ externalId }) => externalId,
    send: async (account, { callbackUrl, ...qrCode }) => {
      const isV2 = rooms.qrApi === 'v2';
      // Here, not with the other checks: a key that version 1 was asked with goes on being answered.
      if (isV2 && callbackUrl !== undefined)
        refuse([problem('callbackUrl', 'is not for version 2, which tells the address that is set in the dashboard')]);
      const asked = isV2
        ? { ...qrCode, api: 'v2' as const, currency: 'IDR' }
        : { ...qrCode, api: 'v1' as const, callbackUrl: callbackUrl ?? rooms.webhookUrl(account) };
      const observations = await xendit.createQrCode(rooms.xendit, account, asked);
      return observeAnswer<'QrCode'>(rooms, account, observations, qrCode.externalId);
    },
    recover: async (account, qrCode, attempt) => {
      if (rooms.qrApi === 'v2') return recoverFromLedger(rooms, 'QrCode', describe, attempt);
      const { externalId } = qrCode;
      const found = await askForQrCode(rooms, account, { externalId });
      if (found !== undefined && !(isWhatWasAsked(found, qrCode) && isMadeSince(found, attempt.startedAt))) {
        throw new NameTakenError(`Another QR code has the external id ${externalId}`);
      }
      return found;
    },
    read: readKnown(rooms, 'QrCode'),
    idsOf: ({ id }) => [id],
  };
}

export function createQrCodeService(rooms: Rooms, create: CreateQrCode, account: string): QrCodeService {
  return {
    async createQrCode(input, idempotencyKey) {
      return rooms.once.run(create, account, idempotencyKey, checkQrCode(input, idempotencyKey, rooms.reach));
    },
    async simulateQrPayment(input) {
      const { externalId, amount } = checkSimulation(input);
      const known = await rooms.reads.findByReference(account, 'QrCode', externalId);
      const name = nameOf(rooms, externalId, known?.resource as Resource<'QrCode'> | undefined);
      const observations = await xendit.simulateQrPayment(rooms.xendit, account, {
        ...name,
        ...(amount === undefined ? {} : { amount }),
      });
      return observeAnswer<'QrPayment'>(rooms, account, observations, externalId);
    },
  };
}

/** Asks Xendit, and tells the ledger what it said. */
export async function askForQrCode(
  rooms: Rooms,
  account: string,
  name: xendit.QrCodeName,
  origin: Origin = 'API',
  before?: Known,
): Promise<Resource<'QrCode'> | undefined> {
  const flight = JSON.stringify(['qrCode', account, name]);
  const asking = async () => explain(rooms, account, name, await xendit.getQrCode(rooms.xendit, account, name));
  return (await shareAsking(rooms, flight, { account, type: 'QrCode', before }, origin, asking)) as
    | Resource<'QrCode'>
    | undefined;
}

/**
 * A DYNAMIC code that is INACTIVE has been paid, unless it ran out. Told alone, that would end its streams before the payment
 * is known; so the payment is asked for too and comes first. When it can't be had, the code's status waits for it.
 */
async function explain(
  rooms: Rooms,
  account: string,
  name: xendit.QrCodeName,
  [code]: Observation<'QrCode'>[],
): Promise<Observation[]> {
  if (code === undefined) return [];
  if (code.status !== 'INACTIVE' || (await hasPayment(rooms, account, code.id))) return [code];
  const payments = await xendit.listQrPayments(rooms.xendit, account, name).catch(() => undefined);
  const mayEnd = payments !== undefined && (payments.length > 0 || hasRunOut(code.fields));
  return mayEnd ? [...payments, code] : [{ ...code, status: 'UNKNOWN' }];
}

/** Whether a code ended because its time was over: only those of version 2 do. */
function hasRunOut({ expiresAt, updated }: Fields<'QrCode'>): boolean {
  return expiresAt !== undefined && updated !== undefined && updated >= expiresAt;
}

/** Whether the payment that settled a code is known. */
async function isExplained(rooms: Rooms, code: Resource<'QrCode'> | undefined): Promise<boolean> {
  return code?.status !== 'INACTIVE' || hasRunOut(code) || (await hasPayment(rooms, code.account, code.id));
}

function hasPayment({ reads }: Rooms, account: string, qrCodeId: string): Promise<boolean> {
  return reads.hasChild({ account, type: 'QrPayment', parent: qrCodeId });
}

/** The name that Xendit looks a code up by: the merchant's in version 1, Xendit's own in version 2. */
export function nameOf({ qrApi }: Rooms, externalId: string, known: Resource<'QrCode'> | undefined): xendit.QrCodeName {
  const { family } = (known ?? {}) as Fields<'QrCode'>;
  const isV2 = family === 'QR_V2' || (family === undefined && qrApi === 'v2');
  return isV2 && known !== undefined ? { api: 'v2', id: known.id } : { externalId };
}

/** What a payer of a STATIC code chooses isn't the code's. */
function describe({ externalId, type, amount }: AskedQrCode): Asked {
  return { reference: externalId, type, amount: type === 'DYNAMIC' ? amount : undefined };
}

/** A name that was taken before stays that code's. */
function isMadeSince({ created }: Resource<'QrCode'>, startedAt: Date): boolean {
  return created !== undefined && Date.parse(created) >= startedAt.getTime() - skewMs;
}

function isWhatWasAsked(found: Resource<'QrCode'>, { type, amount }: AskedQrCode): boolean {
  const asked = type === 'DYNAMIC' ? toDecimal(amount) : undefined;
  const isSameAmount =
    asked === undefined || (found.amount !== undefined && compareDecimals(found.amount.amount, asked) === 0);
  return found.type === type && isSameAmount;
}
