import { canonicalJson } from './json.ts';
import type { ChangeKind, Observation } from './observation.ts';
import type { Resource } from './resource.ts';
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
  /** The stamp of `status`, and of each field that `olderStamps` doesn't name. */
  stamp: string;
  fields: Record<string, unknown>;
  olderStamps: Record<string, string>;
}

/** What one observation did. */
export interface Reduction {
  state: ResourceState;
  /** The change to be told, if the version rose; `from` is absent when this is the first that was heard. */
  change: { kind: ChangeKind; from: string | undefined; to: string } | undefined;
  /** The observation was overtaken: a later status was known already. */
  isStale: boolean;
  /** Two observations of one rank name different statuses, so that Xendit should be asked. */
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
  const { type, status } = observation;
  const stamp = stampOf(observation);
  const before = state ?? emptyState(observation);
  const isLater = state === undefined || stamp > before.stamp;
  const joined = joinFields(before, observation.fields, stamp);
  const next: ResourceState = {
    ...before,
    status: isLater ? status : before.status,
    stamp: isLater ? stamp : before.stamp,
    fields: joined.fields,
    olderStamps: withoutStamp(joined.stamps, isLater ? stamp : before.stamp),
  };
  const rank = rankOf(type, status);
  const knownRank = rankOf(type, before.status);
  const speaksOfStatus = rank > 0;
  const isOvertaken = speaksOfStatus && rank < knownRank;
  const isTold =
    state === undefined || causeAdvanced || (!isOvertaken && (next.status !== before.status || joined.isNew));
  if (isTold) next.version += 1;
  return {
    state: next,
    change: isTold
      ? { kind: kindOf(state, next, observation, causeAdvanced), from: state?.status, to: next.status }
      : undefined,
    isStale: isOvertaken && !causeAdvanced,
    disagrees: state !== undefined && speaksOfStatus && rank === knownRank && status !== before.status,
  };
}

/** A resource as the graph shows it, from its state. */
export function toResource(account: string, { type, id, status, version, fields }: ResourceState): Resource {
  return { ...fields, __typename: type, account, id, status, version } as Resource;
}

/**
 * Rank, then Xendit's time, then the status by name: text order is the order of precedence. A blank comes before every digit,
 * so a fact without a time gives way to one that has one.
 */
function stampOf({ type, status, updated }: Observation): string {
  return `${String(rankOf(type, status)).padStart(2, '0')} ${updated ?? ''} ${status}`;
}

function emptyState({ type, id }: Observation): ResourceState {
  return { type, id, status: 'UNKNOWN', version: 0, stamp: '', fields: {}, olderStamps: {} };
}

function joinFields(state: ResourceState, said: object, stamp: string) {
  const fields = { ...state.fields };
  const stamps: Record<string, string> = {};
  for (const name of Object.keys(fields)) stamps[name] = state.olderStamps[name] ?? state.stamp;
  let isNew = false;
  for (const [name, value] of Object.entries(said)) {
    if (value === undefined || value === null) continue;
    const known = fields[name];
    if (known !== undefined) {
      const text = canonicalJson(value);
      const knownText = canonicalJson(known);
      const wins = stamp === stamps[name] ? text > knownText : stamp > (stamps[name] ?? '');
      if (!wins) continue;
      if (text !== knownText) isNew = true;
    } else {
      isNew = true;
    }
    fields[name] = value;
    stamps[name] = stamp;
  }
  return { fields, stamps, isNew };
}

function withoutStamp(stamps: Record<string, string>, stamp: string): Record<string, string> {
  return Object.fromEntries(Object.entries(stamps).filter(([, own]) => own !== stamp));
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
