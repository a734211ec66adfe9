import { askAgainAfterMs } from '../model/asking.ts';
import type { Observation, Origin } from '../model/observation.ts';
import { type Reduction, toResource } from '../model/reduce.ts';
import type { Letter, Outcome } from '../model/report.ts';
import { type Fields, parentOf, type ResourceKey, referenceOf, reusableType } from '../model/resource.ts';

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

/**
 * @param observedAt when Xendit said so.
 * @param heardAt when the resource was first heard of, if it was: its age, where Xendit doesn't say.
 */
export function resourceRow(
  key: ResourceKey,
  { state, disagrees }: Reduction,
  origin: Origin,
  observedAt: Date,
  heardAt: Date | undefined,
): ResourceRow {
  const { amount, channelCode, created, updated, family, type } = state.fields as Fields<'Payment'>;
  const createdAt = created ?? updated;
  const ageMs = observedAt.getTime() - new Date(createdAt ?? heardAt ?? observedAt).getTime();
  // Two equal statuses that disagree are for Xendit to decide; its own word is not doubted again.
  const quietMs = observedAt.getTime() - new Date(state.newest ?? createdAt ?? heardAt ?? observedAt).getTime();
  const isPaidOften = paidOftenTypes[state.type] === type && type !== undefined;
  const asked = { ...state, family, isPaidOften };
  const askAfterMs = disagrees && origin === 'WEBHOOK' ? 0 : askAgainAfterMs(asked, ageMs, quietMs);
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
    createdAt,
    updatedAt: updated,
    observedAt,
    askAt: askAfterMs === undefined ? undefined : new Date(observedAt.getTime() + askAfterMs),
    data: JSON.stringify(state),
  };
}

/** Where the resources of one type of one account are searched. */
export function collectionOf(account: string, type: string): string {
  return `${account}:${type}`;
}

/** One entry of the log. */
export function changeRow(
  key: ResourceKey,
  { state, change }: Reduction,
  observation: Observation,
  origin: Origin,
  now: Date,
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
    snapshot: JSON.stringify(toResource(key.account, state)),
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
  return text?.slice(0, maxColumnLength).replaceAll('\u0000', '\uFFFD').toWellFormed();
}

/** Whether these can be in the ledger: Postgres refuses a question with any other text, rather than finding nothing. */
export function canBeKept(...texts: (string | undefined)[]): boolean {
  return texts.every((text) => text === undefined || (!text.includes('\0') && text.isWellFormed()));
}
