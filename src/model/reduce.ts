import type { Instant } from './instant.ts';
import { canonicalJson } from './json.ts';
import type { ChangeKind, Observation } from './observation.ts';
import { type Fields, onceTypes, type Resource, reusableType } from './resource.ts';
import { type ResourceType, rankOf } from './status.ts';

/**
 * All that is known of one resource. It is a join of the observations made of it: the status with the greatest stamp, and
 * for each field the value with the greatest stamp, so that neither order nor repetition matters.
 */
export interface ResourceState {
  type: ResourceType;
  id: string;
  status: string;
  version: number;
  /** The greatest stamp of what counts in any case, and that of each field that `olderStamps` doesn't name. */
  stamp: string;
  fields: Record<string, unknown>;
  olderStamps: Record<string, string>;
  /** The greatest stamp of what payments say of their request, which counts only if that is paid once. */
  paymentStamp?: string;
  /** A payment has said that the request is paid once. */
  isSaidOnce?: true;
  /** The latest of Xendit's times that was heard. */
  newest?: Instant;
}

/** What one observation did. */
export interface Reduction {
  state: ResourceState;
  /** The change to be told, if the version rose; `from` is absent when this is the first that was heard. */
  change: { kind: ChangeKind; from: string | undefined; to: string } | undefined;
  /** The observation was overtaken: a later status was known already. */
  isStale: boolean;
  /** The status is new, or money was captured: what the resource belongs to tells of it too. */
  isNews: boolean;
  /** Two observations of one rank name different statuses, or a payment's word can't be judged yet: Xendit should be asked. */
  disagrees: boolean;
}

/**
 * Takes one observation into what is known. Total, idempotent and, in status and fields, independent of order; the rank of
 * the status never falls and no field is ever erased.
 *
 * @param state undefined when nothing was known.
 * @param causeAdvanced whether the observation's cause has itself just changed its status, which its parent then tells too.
 */
export function reduce(state: ResourceState | undefined, observation: Observation, causeAdvanced: boolean): Reduction {
  const { type, status, paidOnce } = observation;
  const stamp = stampOf(observation);
  const before = state ?? emptyState(observation);
  const joined = joinFields(before, observation.fields, paidOnce === undefined ? stamp : openStampOf(observation));
  const own = paidOnce === undefined ? later(before.stamp, stamp) : before.stamp;
  const next: ResourceState = {
    ...before,
    ...(paidOnce === undefined ? {} : { paymentStamp: later(before.paymentStamp ?? '', stamp) }),
    ...(paidOnce === 'SAID' ? { isSaidOnce: true as const } : {}),
    ...(observation.updated && { newest: later(before.newest ?? '', observation.updated) as Instant }),
    stamp: own,
    fields: joined.fields,
    olderStamps: withoutStamp(joined.stamps, own),
  };
  next.status = statusOf(next);
  const rank = rankOf(type, status);
  const knownRank = rankOf(type, before.status);
  const speaksOfStatus = rank > 0;
  const isOvertaken = speaksOfStatus && rank < knownRank;
  const isNewStatus = state === undefined || next.status !== before.status;
  const isTold =
    state === undefined || causeAdvanced || (!isOvertaken && joined.changed.size > 0) || next.status !== before.status;
  if (isTold) next.version += 1;
  const counts = paidOnce === undefined || isPaidOnce(next);
  return {
    state: next,
    change: isTold
      ? { kind: kindOf(state, next, observation, causeAdvanced), from: state?.status, to: next.status }
      : undefined,
    isStale: isOvertaken && !causeAdvanced,
    isNews: isTold && (isNewStatus || (type === 'Payment' && joined.changed.has('captures'))),
    disagrees: counts
      ? state !== undefined && speaksOfStatus && rank === knownRank && status !== before.status
      : !isReusable(next),
  };
}

/** Whether an observation says nothing that isn't known: taken in, it would leave the state as it is, and tell nobody. */
export function isKnown(state: ResourceState, observation: Observation): boolean {
  if (state.type !== observation.type || state.id !== observation.id || observation.isQuestion) return false;
  if (isRepetition(state, observation)) return true;
  const { state: next, change, disagrees } = reduce(state, observation, false);
  return change === undefined && !disagrees && JSON.stringify(next) === JSON.stringify(state);
}

/** Whether each word of an observation is the one that is known, of the same time or a later one. Of nearly all answers this is so. */
function isRepetition(
  { status, stamp, newest, fields, olderStamps }: ResourceState,
  observation: Observation,
): boolean {
  const { paidOnce, updated } = observation;
  if (paidOnce !== undefined || observation.status !== status || (updated ?? '') > (newest ?? '')) return false;
  const own = stampOf(observation);
  if (own > stamp) return false;
  const said = observation.fields as Record<string, unknown>;
  return Object.keys(said).every((name) => {
    const [value, known] = [said[name], fields[name]];
    if (value === undefined || value === null) return true;
    const isSame = known === value || (known !== undefined && JSON.stringify(known) === JSON.stringify(value));
    return isSame && own <= (olderStamps[name] ?? stamp);
  });
}

/** A resource as the graph shows it, from its state. */
export function toResource(account: string, { type, id, status, version, fields }: ResourceState): Resource {
  return { ...fields, __typename: type, account, id, status, version } as Resource;
}

/** The status of what counts: what payments say does only for a request that is paid once. */
function statusOf(state: ResourceState): string {
  const stamp = isPaidOnce(state) ? later(state.stamp, state.paymentStamp ?? '') : state.stamp;
  return stamp.slice(stamp.lastIndexOf(' ') + 1) || 'UNKNOWN';
}

/** By its own word; where that isn't known, by that of a payment. */
function isPaidOnce({ fields, isSaidOnce }: ResourceState): boolean {
  const type = (fields as Fields<'PaymentRequest'>).type ?? '';
  return onceTypes.has(type) || (isSaidOnce === true && type !== reusableType);
}

function isReusable({ fields }: ResourceState): boolean {
  return (fields as Fields<'PaymentRequest'>).type === reusableType;
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}

/**
 * Rank, then Xendit's time, then the status by name: text order is the order of precedence. A blank comes before every digit,
 * so a fact without a time gives way to one that has one.
 */
function stampOf({ type, status, updated }: Observation): string {
  return `${String(rankOf(type, status)).padStart(2, '0')} ${updated ?? ''} ${status}`;
}

/** A payment speaks of its request as of an open one: what the request says of itself later on is no less true. */
function openStampOf({ status, updated }: Observation): string {
  return `01 ${updated ?? ''} ${status}`;
}

function emptyState({ type, id }: Observation): ResourceState {
  return { type, id, status: 'UNKNOWN', version: 0, stamp: '', fields: {}, olderStamps: {} };
}

function joinFields(state: ResourceState, said: object, stamp: string) {
  const fields = { ...state.fields };
  const stamps: Record<string, string> = {};
  for (const name of Object.keys(fields)) stamps[name] = state.olderStamps[name] ?? state.stamp;
  const changed = new Set<string>();
  for (const [name, value] of Object.entries(said)) {
    if (value === undefined || value === null) continue;
    const known = fields[name];
    if (known === value || (known !== undefined && JSON.stringify(known) === JSON.stringify(value))) {
      if (stamp > (stamps[name] ?? '')) stamps[name] = stamp;
      continue;
    }
    if (known !== undefined) {
      const text = canonicalJson(value);
      const knownText = canonicalJson(known);
      const wins = stamp === stamps[name] ? text > knownText : stamp > (stamps[name] ?? '');
      if (!wins) continue;
      if (text !== knownText) changed.add(name);
    } else {
      changed.add(name);
    }
    fields[name] = value;
    stamps[name] = stamp;
  }
  return { fields, stamps, changed };
}

function withoutStamp(stamps: Record<string, string>, stamp: string): Record<string, string> {
  const others: Record<string, string> = {};
  for (const [name, own] of Object.entries(stamps)) {
    if (own !== stamp) others[name] = own;
  }
  return others;
}

function kindOf(
  state: ResourceState | undefined,
  next: ResourceState,
  { cause }: Observation,
  causeAdvanced: boolean,
): ChangeKind {
  if (causeAdvanced && cause !== undefined) return cause.type === 'Refund' ? 'REFUND' : 'PAYMENT';
  if (state === undefined) return 'CREATED';
  return next.status === state.status ? 'UPDATED' : 'STATUS_CHANGED';
}
