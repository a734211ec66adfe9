import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Dice } from './dice.ts';
import type { Sent } from './evidence.ts';
import type { Draft, Stories } from './stories.ts';

/** Delivers as Xendit does, only less patiently: what isn't acknowledged is sent again within seconds. */
export interface Sender {
  /** Its own record. */
  sent: Sent[];
  /** Requests in whose life something has been acknowledged lately. */
  recentRequests(): readonly string[];
  /** Begins no more stories; what is under way goes on until it is acknowledged. */
  stop(): void;
  /** How many webhooks are not acknowledged yet. */
  outstanding(): number;
  /** Gives up. */
  close(): void;
}

export interface SenderOptions {
  port: number;
  callbackToken: string;
  perSecond: number;
  dice: Dice;
  stories: Stories;
}

const duplicateShare = 0.1;
const reorderShare = 0.1;
const heldForMs = [300, 3_000] as const;
const answerWithinMs = 5_000;
const firstPauseMs = 300;
const longestPauseMs = 3_000;
const recentCount = 60;
/** While so many wait, no more are begun: a machine that can't bear the rate isn't buried under it. */
const outstandingLimit = 1_000;

export function startSender({ port, callbackToken, perSecond, dice, stories }: SenderOptions): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const sent: Sent[] = [];
  const recent: string[] = [];
  const closing = new AbortController();
  let outstanding = 0;

  const put = (record: Sent, text: string): Promise<boolean> => {
    record.attempts += 1;
    return new Promise((resolve) => {
      const outgoing = request({
        ...{ agent, port, host: '127.0.0.1', method: 'POST', path: '/webhooks/xendit', timeout: answerWithinMs },
        signal: closing.signal,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
          'x-callback-token': callbackToken,
          'webhook-id': record.webhookId,
        },
      });
      outgoing
        .on('response', (response) => {
          const { statusCode = 0 } = response;
          const isAcknowledged = statusCode >= 200 && statusCode < 300;
          if (isAcknowledged) record.acknowledged += 1;
          response.resume().on('close', () => resolve(isAcknowledged));
        })
        .on('timeout', () => outgoing.destroy())
        .on('error', () => resolve(false))
        .end(text);
    });
  };

  async function deliver({ event, claims, body }: Draft): Promise<void> {
    const record: Sent = { webhookId: `webhook-${sent.length + 1}`, event, claims, attempts: 0, acknowledged: 0 };
    sent.push(record);
    outstanding += 1;
    const [copies, heldMs] = [
      dice.chance(duplicateShare) ? 2 : 1,
      dice.chance(reorderShare) ? dice.between(...heldForMs) : 0,
    ];
    const jitter = dice.between(0.5, 1);
    if (heldMs > 0) await pause(heldMs);
    for (let pauseMs = firstPauseMs; !closing.signal.aborted; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const text = JSON.stringify(body(Date.now()));
      const answers = await Promise.all(Array.from({ length: copies }, () => put(record, text)));
      if (answers.includes(true)) break;
      await pause(pauseMs * jitter);
    }
    outstanding -= 1;
    const asked = claims.find(({ type }) => type === 'PaymentRequest');
    if (asked !== undefined) recent.push(asked.id);
    if (recent.length > recentCount) recent.shift();
  }

  let lastTick = performance.now();
  let due = 0;
  // A timer is late now and then; what is due by now is sent all the same.
  const timer = setInterval(() => {
    const now = performance.now();
    if (outstanding < outstandingLimit) due += ((now - lastTick) * perSecond) / 1_000;
    lastTick = now;
    while (sent.length < due) void deliver(stories.next());
  }, 10);

  return {
    sent,
    recentRequests: () => recent,
    stop: () => clearInterval(timer),
    outstanding: () => outstanding,
    close() {
      clearInterval(timer);
      closing.abort();
      agent.destroy();
    },
  };
}
