import { GatewayError, OutcomeUnknownError } from '../errors.ts';
import { compareDecimals, toDecimal } from '../model/money.ts';
import type { Observation } from '../model/observation.ts';
import type { Resource } from '../model/resource.ts';
import { isSettled } from '../model/status.ts';
import type { Known } from '../store/reads.ts';
import * as xenditQrCodes from '../xendit/qr-codes.ts';
import type { OnceResult } from './once.ts';
import { checkQrCode, checkSimulation, type NewQrCode } from './qr-code-input.ts';
import type { Rooms } from './rooms.ts';

/**
 * One QR code by the merchant's own name for it: from the ledger when that is settled or fresh, otherwise by one GET that
 * all who ask at the same moment share.
 *
 * @returns undefined when neither the ledger nor Xendit knows it.
 */
export async function findQrCode(
  rooms: Rooms,
  account: string,
  externalId: string,
): Promise<Resource<'QrCode'> | undefined> {
  const known = await rooms.reads.findByReference(account, 'QrCode', externalId);
  if (known !== undefined && isCurrent(known, rooms.readMaxAgeMs)) return known.resource as Resource<'QrCode'>;
  const found = await askForQrCode(rooms, account, externalId);
  return found ?? (known?.resource as Resource<'QrCode'> | undefined);
}

/**
 * Makes a QR code, once for each key.
 *
 * @throws InvalidInputError before anything is sent.
 * @throws XenditError Xendit said no; OutcomeUnknownError no answer in time: repeat it with the same key.
 */
export async function createQrCode(
  rooms: Rooms,
  account: string,
  input: NewQrCode,
  idempotencyKey: string,
): Promise<OnceResult<Resource<'QrCode'>>> {
  const qrCode = checkQrCode(input, idempotencyKey, rooms.webhookUrl(account));
  const { externalId } = qrCode;
  const request = { account, operation: 'createQrCode', key: idempotencyKey, input: qrCode, reference: externalId };
  return rooms.once.run(request, {
    send: async () => {
      const observations = await xenditQrCodes.createQrCode(rooms.xendit, account, qrCode);
      return observeAnswer<'QrCode'>(rooms, account, observations, externalId);
    },
    recover: async () => {
      const found = await askForQrCode(rooms, account, externalId);
      if (found !== undefined && !isWhatWasAsked(found, qrCode)) {
        throw new GatewayError('CONFLICT', `Another QR code has the external id ${externalId}`);
      }
      return found;
    },
    read: async (id) =>
      (await rooms.reads.find({ account, type: 'QrCode', id }))?.resource as Resource<'QrCode'> | undefined,
    idOf: ({ id }) => id,
  });
}

/**
 * Pays a QR code with play money; only Xendit's test mode and the sandbox do.
 *
 * @throws XenditError WRONG_STATE the DYNAMIC code is paid already; NOT_FOUND; INVALID_INPUT.
 */
export async function simulateQrPayment(
  rooms: Rooms,
  account: string,
  input: { externalId: string; amount?: string | undefined },
): Promise<Resource<'QrPayment'>> {
  const simulation = checkSimulation(input);
  const observations = await xenditQrCodes.simulateQrPayment(rooms.xendit, account, simulation);
  return observeAnswer<'QrPayment'>(rooms, account, observations, simulation.externalId);
}

/** Asks Xendit, and tells the ledger what it said. */
async function askForQrCode(
  rooms: Rooms,
  account: string,
  externalId: string,
): Promise<Resource<'QrCode'> | undefined> {
  return rooms.flights.share(JSON.stringify(['qrCode', account, externalId]), async () => {
    try {
      const observations = await xenditQrCodes.getQrCode(rooms.xendit, account, externalId);
      const { resources } = await rooms.ledger.observe({ account, origin: 'API', observations });
      return resources[0] as Resource<'QrCode'> | undefined;
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'NOT_FOUND') return undefined;
      throw error;
    }
  });
}

/** Once Xendit has done something, an answer that can't be kept is an outcome that isn't known here. */
async function observeAnswer<T extends 'QrCode' | 'QrPayment'>(
  rooms: Rooms,
  account: string,
  observations: Observation[],
  reference: string,
): Promise<Resource<T>> {
  try {
    const { resources } = await rooms.ledger.observe({ account, origin: 'API', observations });
    return resources[0] as Resource<T>;
  } catch (cause) {
    throw new OutcomeUnknownError(reference, { cause });
  }
}

/** A settled code is current for ever, once Xendit's own word on it (rather than a payment's) has been heard. */
function isCurrent({ resource, observedAt }: Known, maxAgeMs: number): boolean {
  const isWhole = 'created' in resource && resource.created !== undefined;
  return isWhole && (isSettled(resource.__typename, resource.status) || Date.now() - observedAt.getTime() <= maxAgeMs);
}

function isWhatWasAsked(found: Resource<'QrCode'>, { type, amount }: NewQrCode): boolean {
  const asked = type === 'DYNAMIC' ? toDecimal(amount) : undefined;
  const isSameAmount =
    asked === undefined || (found.amount !== undefined && compareDecimals(found.amount.amount, asked) === 0);
  return found.type === type && isSameAmount;
}
