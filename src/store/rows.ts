import { askAgainAfterMs, isEverAsked } from '../model/asking.ts';
import type { Observation, Origin } from '../model/observation.ts';
import type { Reduction } from '../model/reduce.ts';
import type { Letter, Outcome } from '../model/report.ts';
import {
  type Fields,
  parentOf,
  type Resource,
  type ResourceKey,
  referenceOf,
  reusableType,
} from '../model/resource.ts';

/** A resource's state as it stands in its row. */
export interface StateRow extends ResourceKey {
  data: string;
  /** Xendit's `created`; when it was first heard of, until Xendit says. */
  createdAt: Date;
}

/** A letter as the inbox keeps it; `deliveries` grows while repetitions arrive in one group. */
export interface LetterRow {
  id: string;
  deliveries: number;
  [column: string]: unknown;
}

/**
 * As a resource's `askAt`: before all others, and only asking itself puts it off. Answers to other questions, which may have
 * been under way already, and other webhooks don't.
 */
export const atOnce = new Date(0);

/** The present of one resource. */
export interface ResourceRow {
  askAt: Date | undefined;
  /** The whole state; the columns beside it are there to be searched. */
  data: string;
  [column: string]: unknown;
}

/** Codes that stay open through many payments. */
const paidOftenTypes: { [type: string]: string } = { PaymentRequest: reusableType, QrCode: 'STATIC' };

/** When a group of reports is taken in, and as text too: written a thousand times, a Date takes longer than all else beside it. */
export interface Moment {
  at: Date;
  text: string;
}

/**
 * @param observed when Xendit said so.
 * @param heardAt when the resource was first heard of, if it was: its age, where Xendit doesn't say.
 */
export function resourceRow(
  key: ResourceKey,
  reduction: Reduction,
  origin: Origin,
  observed: Moment,
  heardAt: Date | undefined,
): ResourceRow {
  const { state } = reduction;
  const { amount, channelCode, created, updated } = state.fields as Fields<'Payment'>;
  return {
    ...key,
    reference: column(referenceOf(state.fields)),
    parent: column(parentOf(state.type, state.fields)),
    status: state.status,
    version: state.version,
    amount: amount?.amount,
    currency: column(amount?.currency),
    channel: column(channelCode),
    collection: collectionOf(key.account, key.type),
    // Absent until Xendit tells it: the row keeps when it was first heard of.
    createdAt: created ?? updated,
    updatedAt: updated,
    observedAt: observed.text,
    askAt: askAtOf(reduction, origin, observed.at, heardAt ?? observed.at),
    data: JSON.stringify(state),
  };
}

/** When the gateway asks Xendit about it by itself. */
function askAtOf({ state, disagrees }: Reduction, origin: Origin, observedAt: Date, heardAt: Date): Date | undefined {
  const { created, updated, family, type } = state.fields as Fields<'Payment'>;
  const isPaidOften = paidOftenTypes[state.type] === type && type !== undefined;
  const asked = { ...state, family, isPaidOften };
  // Two equal statuses that disagree are for Xendit to decide; its own word is not doubted again.
  if (disagrees && origin === 'WEBHOOK') return observedAt;
  // Of most it needn't be known how old they are.
  if (!isEverAsked(asked)) return undefined;
  const createdAt = created ?? updated;
  const ageMs = observedAt.getTime() - new Date(createdAt ?? heardAt).getTime();
  const quietMs = observedAt.getTime() - new Date(state.newest ?? createdAt ?? heardAt).getTime();
  const afterMs = askAgainAfterMs(asked, ageMs, quietMs);
  return afterMs === undefined ? undefined : new Date(observedAt.getTime() + afterMs);
}

/** Where the resources of one type of one account are searched. */
export function collectionOf(account: string, type: string): string {
  return `${account}:${type}`;
}

/** One entry of the log. @param resource as it is after the change. */
export function changeRow(
  key: ResourceKey,
  { state, change }: Reduction,
  resource: Resource,
  observation: Observation,
  origin: Origin,
  { text: now }: Moment,
): object {
  return {
    account: key.account,
    type: key.type,
    resourceId: key.id,
    version: state.version,
    kind: change?.kind,
    fromStatus: change?.from,
    toStatus: state.status,
    origin,
    causeType: observation.cause?.type,
    causeId: observation.cause?.id,
    snapshot: JSON.stringify(resource),
    occurredAt: observation.updated ?? now,
  };
}

/** One entry of the inbox. Every repetition of a delivery has the same id. */
export function letterRow(account: string, letter: Letter, outcome: Outcome, reason: string | undefined): LetterRow {
  return {
    id: letter.keptAs ?? `wh_${letter.contentKey.slice(0, 32)}`,
    account,
    webhookId: column(letter.webhookId),
    event: column(letter.event),
    family: letter.family,
    businessId: column(letter.businessId),
    subjectType: letter.subject?.type,
    subjectId: column(letter.subject?.id),
    outcome,
    reason: column(reason),
    body: Buffer.from(letter.body).toString('base64'),
    receivedAt: letter.receivedAt,
    deliveries: 1,
  };
}

/** An entry of an index has 2,700 bytes at most, and a character up to 3. */
const maxColumnLength = 500;

/** Text as a column can hold it: Postgres knows no NUL and no lone surrogate. What was sent is whole in `data` and `body`. */
function column(text: string | undefined): string | undefined {
  if (text === undefined || (text.length <= maxColumnLength && canBeKept(text))) return text;
  return text.slice(0, maxColumnLength).replaceAll('\u0000', '\uFFFD').toWellFormed();
}

/** Whether these can be in the ledger: Postgres refuses a question with any other text, rather than finding nothing. */
export function canBeKept(...texts: (string | undefined)[]): boolean {
  return texts.every((text) => text === undefined || (!text.includes('\0') && text.isWellFormed()));
}
