import type { Observation, Origin } from '../model/observation.ts';
import type { Resource } from '../model/resource.ts';
import { isSettled } from '../model/status.ts';
import type { ListFilter } from '../store/reads.ts';
import { listQrPayments, type QrCodeName } from '../xendit/qr-codes.ts';
import { isAway } from './asking.ts';
import { type Page, readPage } from './pages.ts';
import { findQrCode, nameOf } from './qr-codes.ts';
import type { Rooms } from './rooms.ts';

export interface QrPaymentsQuery extends ListFilter {
  /** 1 to 100. */
  first: number;
  after?: string | undefined;
}

/** How much is asked of Xendit at once, and how often at most for one question. */
const windowSize = 100;
const maxWindows = 10;

/**
 * The payments of one QR code, newest first. Xendit's list has no pages, so it is taken into the ledger, which has.
 *
 * @returns an empty page when nobody knows the code.
 */
export async function findQrPayments(
  rooms: Rooms,
  account: string,
  externalId: string,
  query: QrPaymentsQuery,
): Promise<Page<Resource<'QrPayment'>>> {
  const { first, after, ...filter } = query;
  const code = await findQrCode(rooms, account, externalId);
  const stream = `QrPayments:${code?.id}`;
  const afterId = after === undefined ? undefined : rooms.cursors.read(stream, account, after);
  if (code !== undefined && after === undefined) await refresh(rooms, account, code, filter);
  return readPage(
    first,
    afterId !== undefined,
    async (limit) => {
      if (code === undefined) return [];
      return (await rooms.reads.children(
        account,
        'QrPayment',
        [code.id],
        filter,
        limit,
        afterId,
      )) as Resource<'QrPayment'>[];
    },
    ({ id }) => rooms.cursors.write(stream, account, id),
  );
}

/** Takes what Xendit lists into the ledger; a code that is settled and whose payment is known needs no asking. */
async function refresh(rooms: Rooms, account: string, code: Resource<'QrCode'>, filter: ListFilter): Promise<void> {
  const externalId = code.externalId ?? '';
  if (isSettled('QrCode', code.status)) {
    const known = await rooms.reads.children(account, 'QrPayment', [code.id], {}, 1);
    if (known.length > 0) return;
  }
  const name = nameOf(rooms, externalId, code);
  const flight = JSON.stringify(['qrPayments', account, name, filter]);
  const taking = rooms.flights.share(flight, () => takeQrPayments(rooms, account, name, filter), rooms.readMaxAgeMs);
  await taking.catch((error: unknown) => {
    // The ledger lists what it knows all the same.
    if (!isAway(error)) throw error;
  });
}

/** Takes what Xendit lists into the ledger, in windows, since a list is cut off at its limit; Xendit doesn't say from which end. */
export async function takeQrPayments(
  rooms: Rooms,
  account: string,
  name: QrCodeName,
  filter: ListFilter,
  origin: Origin = 'API',
): Promise<void> {
  let window = filter;
  for (let asked = 0; asked < maxWindows; asked += 1) {
    const observations = await listQrPayments(rooms.xendit, account, { ...name, ...window, limit: windowSize });
    if (observations.length === 0) return;
    await rooms.ledger.observe({ account, origin, observations });
    const times = observations.filter(isQrPayment).map(({ fields }) => fields.created ?? '');
    const next = nextWindow(window, times);
    if (times.length < windowSize || next === undefined) return;
    window = next;
  }
}

/** What lies beyond a full list; undefined when it can't be told. */
function nextWindow(window: ListFilter, times: string[]): ListFilter | undefined {
  const [first = '', last = ''] = [times.at(0), times.at(-1)];
  if (first === last) return undefined;
  // Windows are told in milliseconds and include their ends: rounded outwards, so that nothing falls between two.
  const edgeMs = Date.parse(last);
  return first < last ? { ...window, from: new Date(edgeMs) } : { ...window, to: new Date(edgeMs + 1) };
}

function isQrPayment(observation: Observation): observation is Observation<'QrPayment'> {
  return observation.type === 'QrPayment';
}
