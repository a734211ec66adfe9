import { compareDecimals } from '../model/money.ts';
import type { Fields, Resource } from '../model/resource.ts';
import type { ResourceType } from '../model/status.ts';
import type { OnceClaim } from '../store/once-keys.ts';
import type { Rooms } from './rooms.ts';

/** What a create asked for, as far as its outcome would show. */
export interface Asked {
  reference?: string | undefined;
  /** The resource that it was to belong to. */
  parent?: string | undefined;
  /** In major units, as decimal text. */
  amount?: string | undefined;
  currency?: string | undefined;
  channelCode?: string | undefined;
}

/** Xendit's clock and ours may differ by this much. */
export const skewMs = 60_000;

/**
 * Looks in the ledger for what came of a create whose answer was lost, where Xendit can't be asked by reference: a webhook may
 * have told of it since. References needn't be unique, so only something made since, with the same content, and that no
 * other key has come to, is taken.
 */
export async function recoverFromLedger<T extends ResourceType>(
  { search, onceKeys }: Rooms,
  type: T,
  { reference, parent, amount, currency, channelCode }: Asked,
  { claim, startedAt }: { claim: OnceClaim; startedAt: Date },
): Promise<Resource<T> | undefined> {
  const createdFrom = new Date(startedAt.getTime() - skewMs);
  const found = await search.find(claim.account, type, { reference, parent, createdFrom }, 10);
  for (const { resource } of found) {
    const fields = resource as Fields<'Payment'>;
    const isSame =
      (amount === undefined || (fields.amount !== undefined && compareDecimals(fields.amount.amount, amount) === 0)) &&
      (currency === undefined || fields.amount?.currency === currency) &&
      (channelCode === undefined || fields.channelCode === channelCode);
    if (isSame && !(await onceKeys.isAnothers(claim, resource.id))) return resource;
  }
  return undefined;
}
