import { compareDecimals } from '../model/money.ts';
import { type Fields, type Resource, referenceOf } from '../model/resource.ts';
import type { ResourceType } from '../model/status.ts';
import { inputOf, type OnceClaim } from '../store/once-keys.ts';
import { askById } from './asking.ts';
import type { Rooms } from './rooms.ts';

/** What a create asked for, as far as its outcome would show; null where the outcome must have none. */
export interface Asked {
  reference?: string | undefined;
  /** The resource that it was to belong to. */
  parent?: string | undefined;
  paymentRequestId?: string | undefined;
  /** In major units, as decimal text. */
  amount?: string | null | undefined;
  currency?: string | undefined;
  type?: string | undefined;
  channelCode?: string | undefined;
  captureMethod?: string | undefined;
  paymentTokenId?: string | null | undefined;
  customerId?: string | undefined;
  sessionType?: string | undefined;
  mode?: string | undefined;
}

/** What an input asks for under a key. */
export type Describe<I> = (input: I, claim: OnceClaim) => Asked;

/** Work whose answer was lost. */
export interface Attempt {
  claim: OnceClaim;
  startedAt: Date;
}

/** Xendit's clock and ours may differ by this much. */
export const skewMs = 60_000;

/** As many that might be it tell nothing. */
const tooMany = 10;

/** Who else makes such resources by itself, under the reference that it was given. */
const makers: Partial<Record<ResourceType, { operations: readonly string[]; types: readonly ResourceType[] }>> = {
  PaymentRequest: { operations: ['createPaymentSession'], types: ['PaymentSession'] },
  PaymentToken: {
    operations: ['createPaymentSession', 'createPaymentRequest'],
    types: ['PaymentSession', 'PaymentRequest'],
  },
};

/**
 * Looks in the ledger for what came of a create whose answer was lost, where Xendit can't be asked by reference: a webhook may
 * have told of it since. References needn't be unique, so it is told only where nothing else can be: made since, of the same
 * content, the only such one, no other key's, and with no other work without an end that it might as well have come of.
 *
 * @param describe what an input of the operation asks for under a key.
 * @returns undefined where nothing is found, and where it can't be told.
 * @throws GatewayError UNAVAILABLE, THROTTLED Xendit has to be asked when it was made, and can't be now.
 */
export async function recoverFromLedger<T extends ResourceType, I>(
  rooms: Rooms,
  type: T,
  describe: Describe<I>,
  attempt: Attempt,
): Promise<Resource<T> | undefined> {
  const { claim, startedAt } = attempt;
  const asked = describe(inputOf<I>(claim), claim);
  const { reference, parent } = asked;
  const createdFrom = new Date(startedAt.getTime() - skewMs);
  const found = await rooms.search.find(claim.account, type, { reference, parent, createdFrom }, tooMany);
  if (found.length === tooMany) return undefined;
  const candidates: Resource[] = [];
  for (const { resource } of found) {
    if (await rooms.onceKeys.isAnothers(claim, resource.id)) continue;
    const told = await withTime(rooms, resource as Resource);
    const { created } = (told ?? {}) as Fields<'Payment'>;
    const isMadeSince = created !== undefined && Date.parse(created) >= createdFrom.getTime();
    if (told !== undefined && isMadeSince && isAsAsked(told, asked)) candidates.push(told);
  }
  const [only] = candidates;
  if (only === undefined || candidates.length > 1 || (await isMadeByAnother(rooms, only))) return undefined;
  // Last: whoever else has made it had committed a key before it was there to be found.
  return (await hasRival(rooms, describe, asked, type, claim)) ? undefined : (only as Resource<T>);
}

/** One that a payment or a link has told of alone doesn't say when it was made: Xendit does. */
async function withTime(rooms: Rooms, resource: Resource): Promise<Resource | undefined> {
  const { account, __typename: type, id } = resource;
  if ((resource as Fields<'Payment'>).created !== undefined) return resource;
  return askById(rooms, { account, type, id }, resource);
}

/** Whether it may be a session's or, as a token, that of a payment which saves. */
async function isMadeByAnother({ search, reads }: Rooms, resource: Resource): Promise<boolean> {
  const { account, __typename: type, id } = resource;
  for (const maker of makers[type]?.types ?? []) {
    if ((await reads.children(account, maker, [id], {}, 1)).length > 0) return true;
    const reference = referenceOf(resource);
    const found = reference === undefined ? [] : await search.find(account, maker, { reference }, tooMany);
    if (found.some(({ resource: each }) => maker === 'PaymentSession' || isSaving(each))) return true;
  }
  return false;
}

/** A request that nobody has described yet might be one. */
function isSaving(request: Fields<'PaymentRequest'>): boolean {
  return request.type === undefined || request.type === 'PAY_AND_SAVE';
}

/** Whether there is other work without an end that asks for the same, or that would make the same by the way. */
async function hasRival<I>(
  { onceKeys }: Rooms,
  describe: Describe<I>,
  asked: Asked,
  type: ResourceType,
  claim: OnceClaim,
): Promise<boolean> {
  const rivals = await onceKeys.rivals(claim);
  return rivals.some((rival) =>
    rival.operation === claim.operation
      ? mayBeOne(asked, describe(inputOf<I>(rival), rival))
      : makers[type]?.operations.includes(rival.operation),
  );
}

function isAsAsked(resource: Resource, asked: Asked): boolean {
  const fields = resource as Fields<'PaymentRequest'> & Fields<'PaymentSession'>;
  const { reference, parent } = asked;
  const money = fields.amount;
  // By these it was found.
  const shown: Asked = { ...fields, reference, parent, amount: money?.amount, currency: money?.currency };
  return namesOf(asked).every((name) => asked[name] === undefined || isSame(name, asked[name], shown[name] ?? null));
}

/** What one of them leaves open says nothing. */
function mayBeOne(one: Asked, other: Asked): boolean {
  return namesOf(one).every(
    (name) => one[name] === undefined || other[name] === undefined || isSame(name, one[name], other[name]),
  );
}

function namesOf(asked: Asked): (keyof Asked)[] {
  return Object.keys(asked) as (keyof Asked)[];
}

function isSame(name: keyof Asked, one: string | null, other: string | null): boolean {
  return name === 'amount' && one !== null && other !== null ? compareDecimals(one, other) === 0 : one === other;
}
