import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../model/json.ts';
import type { StoppableClock } from './clock.ts';
import type { FaultScript, WebhookFault } from './faults.ts';
import { type DeliveryRecord, type Log, remember } from './record.ts';
import { openWire } from './wire.ts';

/** A webhook to send. */
export interface WebhookDraft {
  /** The sub-account whose news it is, and whose token it carries; empty for the owner of the secret key. */
  account: string;
  event: string;
  /** Asked for at each attempt where the merchant can change it. */
  url: string | (() => string | undefined);
  /** What becomes the JSON of every attempt, or of one that is made at `sentAt` (milliseconds since the epoch). */
  body: JsonObject | ((sentAt: number) => JsonObject);
}

/** A webhook that is ready to leave. */
export interface PreparedWebhook {
  id: string;
  /** It must have left, and have been answered, before the call that caused it is. */
  leavesBeforeAnswer: boolean;
  /** Makes the first attempt, once however often it is called; resolves when that attempt is over, held or put off. */
  leave(): Promise<void>;
}

export interface Deliveries {
  prepare(draft: WebhookDraft): PreparedWebhook;
  /**
   * Sends a webhook once more, now, whatever became of it, as the dashboard's resend does. Meets no fault and starts no
   * retries; when it is acknowledged, those still to come are cancelled.
   *
   * @throws Error no webhook has that id.
   */
  redeliver(webhookId: string): Promise<DeliveryRecord>;
  /** Sends what a reorder fault held. */
  releaseHeld(): void;
  /** Resolves when nothing is on its way. What waits for the clock or for a successor is not. */
  idle(): Promise<void>;
  /** Breaks off what is on its way; nothing leaves afterwards. */
  close(): Promise<void>;
}

export interface DeliveriesOptions {
  clock: StoppableClock;
  tokenOf: (account: string) => string;
  faults: Pick<FaultScript, 'take'>;
  deliveries: DeliveryRecord[];
  recordLimit: number;
  log: Log;
}

/** Six retries, each so long after the previous attempt. Source: Xendit docs, "Webhook behavior". */
const retryDelaysMs = [15, 45, 120, 180, 360, 720].map((minutes) => minutes * 60_000);

interface Webhook {
  id: string;
  account: string;
  event: string;
  urlNow: () => string | undefined;
  write: (sentAt: number) => string;
  attempts: number;
  retries: number;
  isAcknowledged: boolean;
  cancelRetry: () => void;
}

/** Sends webhooks as Xendit does, and fails to where the script says so. */
export function createDeliveries({
  clock,
  tokenOf,
  faults,
  deliveries,
  recordLimit,
  log,
}: DeliveriesOptions): Deliveries {
  const wire = openWire(clock);
  const webhooks = new Map<string, Webhook>();
  const onTheirWay = new Set<Promise<unknown>>();
  let held: { webhook: Webhook; cause: DeliveryRecord['cause'] }[] = [];
  let isClosed = false;

  function track<T>(work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => onTheirWay.delete(tracked));
    onTheirWay.add(tracked);
    return tracked;
  }

  async function put(
    webhook: Webhook,
    cause: DeliveryRecord['cause'],
    sentAt: number,
    fault?: WebhookFault,
  ): Promise<DeliveryRecord> {
    const delivery: DeliveryRecord = {
      webhookId: webhook.id,
      event: webhook.event,
      url: webhook.urlNow() ?? '',
      attempt: webhook.attempts,
      cause,
      body: webhook.write(sentAt),
      fault: fault?.kind,
      sentAt,
      status: undefined,
      error: undefined,
      isAcknowledged: false,
    };
    remember(deliveries, delivery, recordLimit);
    if (fault?.kind === 'drop') delivery.error = 'dropped';
    else if (delivery.url === '') delivery.error = 'no webhook URL is set';
    else await wire.post(delivery, (fault?.kind === 'wrongToken' ? 'not-' : '') + tokenOf(webhook.account));
    if (fault?.kind === 'loseAnswer') Object.assign(delivery, { error: 'answer lost', isAcknowledged: false });
    const { body: _, ...line } = delivery;
    log({ kind: 'delivery', ...line });
    return delivery;
  }

  async function attempt(webhook: Webhook, cause: DeliveryRecord['cause'], fault?: WebhookFault): Promise<void> {
    if (isClosed) return;
    const copies = fault?.kind === 'duplicate' ? fault.times : 1;
    webhook.attempts += 1;
    const sentAt = clock.now();
    const records = await Promise.all(Array.from({ length: copies }, () => put(webhook, cause, sentAt, fault)));
    settle(
      webhook,
      records.some(({ isAcknowledged }) => isAcknowledged),
    );
    await sendHeld();
  }

  async function sendHeld(): Promise<void> {
    const overtaken = held;
    held = [];
    await Promise.all(overtaken.map(({ webhook, cause }) => attempt(webhook, cause, { kind: 'reorder' })));
  }

  function settle(webhook: Webhook, isAcknowledged: boolean): void {
    webhook.isAcknowledged ||= isAcknowledged;
    webhook.cancelRetry();
    const delayMs = retryDelaysMs[webhook.retries];
    if (webhook.isAcknowledged || delayMs === undefined || webhook.urlNow() === undefined) return;
    webhook.cancelRetry = clock.after(delayMs, () => {
      webhook.retries += 1;
      return track(meet(webhook, 'RETRY', faults.take('webhook')));
    });
  }

  async function meet(webhook: Webhook, cause: DeliveryRecord['cause'], fault?: WebhookFault): Promise<void> {
    if (fault?.kind === 'delay') clock.after(fault.ms, () => track(attempt(webhook, cause, fault)));
    else if (fault?.kind === 'reorder') held.push({ webhook, cause });
    else await attempt(webhook, cause, fault);
  }

  return {
    prepare({ account, event, url, body }) {
      const webhook: Webhook = {
        id: randomUUID(),
        account,
        event,
        urlNow: typeof url === 'string' ? () => url : url,
        write: typeof body === 'function' ? (sentAt) => JSON.stringify(body(sentAt)) : always(JSON.stringify(body)),
        attempts: 0,
        retries: 0,
        isAcknowledged: false,
        cancelRetry: () => undefined,
      };
      webhooks.set(webhook.id, webhook);
      // Forgotten like the record's oldest: it can't be redelivered by hand any more, its retries go on.
      const [oldest] = webhooks.keys();
      if (webhooks.size > recordLimit && oldest !== undefined) webhooks.delete(oldest);
      const fault = faults.take('webhook');
      const left = Promise.withResolvers<void>();
      track(left.promise);
      let first: Promise<void> | undefined;
      return {
        id: webhook.id,
        leavesBeforeAnswer: fault?.kind === 'beforeAnswer',
        leave() {
          first ??= meet(webhook, 'EVENT', fault).finally(left.resolve);
          return first;
        },
      };
    },
    async redeliver(webhookId) {
      const webhook = webhooks.get(webhookId);
      if (webhook === undefined) throw new Error(`No webhook has the id ${webhookId}`);
      webhook.attempts += 1;
      const delivery = await track(put(webhook, 'REDELIVERY', clock.now()));
      if (delivery.isAcknowledged) settle(webhook, true);
      return delivery;
    },
    releaseHeld: () => void track(sendHeld()),
    async idle() {
      while (onTheirWay.size > 0) await Promise.all(onTheirWay);
    },
    async close() {
      isClosed = true;
      await wire.close();
    },
  };
}

function always<T>(value: T): () => T {
  return () => value;
}
