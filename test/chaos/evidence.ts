/** What is known after a run, by three witnesses: the sender, the tables and the subscribers. */
export interface Evidence {
  /** By the sender: every webhook. */
  sent: Sent[];
  /** By the tables. */
  inbox: InboxRow[];
  resources: ResourceRow[];
  /** In the order of release: by transaction, then id. */
  log: LogRow[];
  /** By the subscribers. */
  watches: Watch[];
}

export interface Sent {
  webhookId: string;
  event: string;
  claims: Claim[];
  /** How often it was sent, and how often that was answered 2xx. */
  attempts: number;
  acknowledged: number;
}

/** What a webhook says of a resource. */
export interface Claim {
  type: string;
  id: string;
  status: string;
  /** The code that tells of this payment, once. */
  toldBy?: string;
}

export interface InboxRow {
  webhookId: string | null;
  outcome: string;
  deliveries: number;
}

export interface ResourceRow {
  type: string;
  id: string;
  status: string;
  version: number;
}

export interface LogRow {
  transaction: string;
  id: string;
  type: string;
  resourceId: string;
  version: number;
  kind: string;
  toStatus: string;
  causeId: string | null;
  /** Milliseconds since the epoch. */
  recordedAt: number;
}

/** What one subscriber heard of one stream, across all its connections. */
export interface Watch {
  subscriber: string;
  /** Undefined: the account's activity. */
  resource: { type: string; id: string } | undefined;
  /** When it subscribed, for each connection; milliseconds since the epoch. */
  openedAt: number[];
  /** When it came to an end that a server said something about, with the close code. */
  closes: { at: number; code: number }[];
  messages: Told[];
  /** `left`: it wanted no more. Otherwise the code by which the gateway ended it. */
  ending: 'open' | 'completed' | 'left' | { refused: string };
}

export interface Told {
  /** When it arrived, in milliseconds since the epoch, and on which connection. */
  at: number;
  connection: number;
  type: string;
  id: string;
  version: number;
  kind: string;
  status: string;
  cursor: string;
  causeId: string | undefined;
}
