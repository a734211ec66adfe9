import { GatewayError } from '../errors.ts';
import type { Watched } from '../model/caller.ts';
import type { Service } from './service.ts';

/**
 * What the bearer of a watch token may ask for: the one resource, and its changes with what caused them. Everything else is as
 * unknown as if it didn't exist, and nobody is asked about it.
 *
 * @param isPlay whether no money is real, so that the resource may be paid by its bearer.
 */
export function restrictTo(service: Service, { type, id, reference }: Watched, isPlay: boolean): Service {
  const nothing = Object.fromEntries(namesIn(service).map((name) => [name, refuse])) as unknown as Service;
  const isIt = (otherType: string, otherId: string) => otherType === type && otherId === id;
  const isItsName = (externalId: string) => type === 'QrCode' && reference !== undefined && externalId === reference;
  const findQrCode = async (externalId: string) => {
    const found = isItsName(externalId) ? await service.findQrCode(externalId) : undefined;
    return found?.id === id ? found : undefined;
  };
  return {
    ...nothing,
    findCurrent: async (otherType, otherId) =>
      isIt(otherType, otherId) ? service.findCurrent(otherType, otherId) : undefined,
    findNode: async (otherId) => (otherId === id ? service.findCurrent(type, id) : undefined),
    findQrCode,
    findReferred: async (otherType, otherId) =>
      isIt(otherType, otherId) ? service.findReferred(otherType, otherId) : undefined,
    findReferredQrCode: findQrCode,
    findLatestPayment: async (code) => (isIt('QrCode', code.id) ? service.findLatestPayment(code) : undefined),
    watch: async (otherType, otherId, after) =>
      isIt(otherType, otherId) ? service.watch(otherType, otherId, after) : unknown(),
    async watchQrCode(externalId, after) {
      const isKnown = after === undefined ? (await findQrCode(externalId)) !== undefined : isItsName(externalId);
      return isKnown ? service.watch('QrCode', id, after) : unknown();
    },
    ...(isPlay && {
      simulateQrPayment: async (input) =>
        (await findQrCode(input.externalId)) === undefined ? unknown() : service.simulateQrPayment(input),
      simulatePayment: async (input) =>
        isIt('PaymentRequest', input.paymentRequestId) ? service.simulatePayment(input) : unknown(),
    }),
    // Only what a change of the resource leads to is asked for so.
    findLinked: service.findLinked,
  };
}

/** Also of what it has from the service of its account. */
function namesIn(service: Service): string[] {
  const names: string[] = [];
  for (const name in service) names.push(name);
  return names;
}

function unknown(): never {
  throw new GatewayError('NOT_FOUND', 'There is no such resource');
}

async function refuse(): Promise<never> {
  throw new GatewayError('FORBIDDEN', 'A watch token does not allow this');
}
