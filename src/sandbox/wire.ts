import { Agent, request } from 'undici';
import type { Clock } from './clock.ts';
import type { DeliveryRecord } from './record.ts';

/** The way out to merchants' webhook endpoints. */
export interface Wire {
  /**
   * Sends one delivery and writes down what came of it: `status` and `isAcknowledged`, or `error`. Never rejects.
   *
   * @param token goes out as `x-callback-token`.
   */
  post(delivery: DeliveryRecord, token: string): Promise<void>;
  /** Breaks off what is being sent. */
  close(): Promise<void>;
}

/** Source: Xendit docs, "Webhook behavior". */
const answerTimeoutMs = 30_000;

/** Redirects are not followed. Each delivery has its own connection, so that a restarted receiver doesn't look like a failed one. */
export function openWire(clock: Clock): Wire {
  const agent = new Agent({ pipelining: 0 });
  return {
    async post(delivery, token) {
      const givingUp = new AbortController();
      const reason = new Error(`no answer in ${answerTimeoutMs} ms`);
      const stopWaiting = clock.after(answerTimeoutMs, () => givingUp.abort(reason));
      try {
        const answer = await request(delivery.url, {
          method: 'POST',
          dispatcher: agent,
          signal: givingUp.signal,
          headers: { 'content-type': 'application/json', 'x-callback-token': token, 'webhook-id': delivery.webhookId },
          body: delivery.body,
        });
        delivery.status = answer.statusCode;
        delivery.isAcknowledged = answer.statusCode >= 200 && answer.statusCode < 300;
        answer.body.dump().catch(() => undefined);
      } catch (error) {
        const { code, message } = error as { code?: string; message?: string };
        delivery.error = code ?? message ?? String(error);
      } finally {
        stopWaiting();
      }
    },
    close: () => agent.destroy(),
  };
}
