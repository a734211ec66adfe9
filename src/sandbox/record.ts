import type { Endpoint } from './endpoints.ts';
import type { ApiFault, WebhookFault } from './faults.ts';

/** One call that the sandbox was sent. */
export interface RequestRecord {
  /** The `Request-ID` that the answer carries. */
  requestId: string;
  /** When it had arrived whole, in milliseconds since the epoch. */
  receivedAt: number;
  method: string;
  /** As sent, still percent-encoded and with its query. */
  path: string;
  /** The route that served it; undefined where there is none. */
  endpoint: Endpoint | undefined;
  /** The sub-account of `for-user-id`; empty for the owner of the secret key, undefined when that wasn't proved. */
  account: string | undefined;
  /** Lower-case names. The secret key is never among them. */
  headers: Record<string, string>;
  /** As sent; empty when there was none. */
  body: string;
  fault: ApiFault['kind'] | undefined;
  /** Whether its work was done, or refused for a reason of business. */
  isProcessed: boolean;
  /** The status answered; undefined when no answer was begun, or not yet. */
  status: number | undefined;
  /** When its caller hung up without a whole answer, in milliseconds since the epoch; undefined when it didn't. */
  abandonedAt: number | undefined;
}

/** One time that a webhook was put on the wire, or lost before. */
export interface DeliveryRecord {
  webhookId: string;
  event: string;
  /** Empty when the merchant's dashboard named none. */
  url: string;
  /** 1 for the first, up to 7 with the retries; a redelivery counts on, and copies of one attempt share its number. */
  attempt: number;
  cause: 'EVENT' | 'RETRY' | 'REDELIVERY';
  body: string;
  fault: WebhookFault['kind'] | undefined;
  /** In milliseconds since the epoch, by the sandbox's clock. */
  sentAt: number;
  /** The status received; undefined when there was no answer, or not yet. */
  status: number | undefined;
  /** Why there was no answer. */
  error: string | undefined;
  /** Whether the sandbox saw a 2xx. */
  isAcknowledged: boolean;
}

/** What was received and sent, in order, the oldest forgotten beyond the sandbox's `recordLimit`. */
export interface SandboxRecord {
  requests: RequestRecord[];
  deliveries: DeliveryRecord[];
}

/** One line for a log: ids, methods, paths and codes, no bodies. */
export type SandboxLogLine =
  | ({ kind: 'request' } & Pick<RequestRecord, 'requestId' | 'method' | 'path' | 'account' | 'fault' | 'status'>)
  | ({ kind: 'delivery' } & Omit<DeliveryRecord, 'body'>);

export type Log = (line: SandboxLogLine) => void;

/** Adds to a record, which forgets its oldest entry beyond the limit. */
export function remember<T>(entries: T[], entry: T, limit: number): void {
  entries.push(entry);
  if (entries.length > limit) entries.shift();
}
