import type { Observation, Origin } from './observation.ts';
import type { ResourceType } from './status.ts';

/** What one delivery or one answer says: the facts, where they came from, and for a webhook the letter itself. */
export interface Report {
  /** The sub-account that it concerns (`for-user-id`); empty for the owner of the secret key. */
  account: string;
  origin: Origin;
  /** Causes before what they cause. Empty when the letter couldn't be read, or told nothing that this version knows. */
  observations: Observation[];
  letter?: Letter;
}

/** A webhook as it arrived, kept whatever becomes of it. */
export interface Letter {
  /** SHA-256 in hex of what the delivery says, without the time of the attempt: the same for every repetition. */
  contentKey: string;
  /** Xendit's `webhook-id`, where it sent one. */
  webhookId: string | undefined;
  event: string | undefined;
  family: string | undefined;
  businessId: string | undefined;
  /** The resource that the event is about. */
  subject: { type: ResourceType; id: string } | undefined;
  /** The raw bytes as received. */
  body: Uint8Array;
  receivedAt: Date;
  /** Set when nothing could be made of it: QUARANTINED couldn't be read or mustn't count, UNRECOGNISED isn't known yet, FAILED couldn't be written. */
  unread?: { outcome: UnreadOutcome; reason: string };
  /** What else is to be said of how it was taken in. */
  remark?: string;
  /** The id that the inbox has it by already: then it was not delivered but is read again. */
  keptAs?: string;
}

/** What becomes of a delivery of which nothing could be made yet. */
export const unreadOutcomes = ['QUARANTINED', 'UNRECOGNISED', 'FAILED'] as const;

export type UnreadOutcome = (typeof unreadOutcomes)[number];

/** What became of a delivery. */
export type Outcome = 'APPLIED' | 'DUPLICATE' | 'STALE' | UnreadOutcome;
