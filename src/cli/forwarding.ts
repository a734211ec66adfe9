import { setTimeout as pause } from 'node:timers/promises';
import { deliver, type Outgoing } from './delivering.ts';

/** What came of forwarding a webhook to one address. */
export interface Forwarded {
  url: string;
  /** Of the last attempt; undefined when no answer came. */
  status: number | undefined;
  problem: string | undefined;
  attempts: number;
  isAcknowledged: boolean;
}

export interface ForwardingOptions {
  urls: readonly string[];
  /** How often one that isn't acknowledged is sent again. */
  retries: number;
  /** Before the first repetition, in milliseconds; each later pause is twice the one before. */
  retryMs: number;
  signal: AbortSignal;
}

/** Passes one webhook on to every address; what follows waits until this is done, so that the order is kept. */
export type Forward = (webhook: Omit<Outgoing, 'url'>) => Promise<Forwarded[]>;

/** Never rejects: what could not be forwarded says so. */
export function createForwarding({ urls, retries, retryMs, signal }: ForwardingOptions): Forward {
  const forwardTo = async (url: string, webhook: Omit<Outgoing, 'url'>): Promise<Forwarded> => {
    for (let attempts = 1; ; attempts += 1) {
      const { status, problem, isAcknowledged } = await deliver({ ...webhook, url }, signal);
      if (isAcknowledged || attempts > retries || signal.aborted)
        return { url, status, problem, attempts, isAcknowledged };
      await pause(retryMs * 2 ** (attempts - 1), undefined, { signal }).catch(() => undefined);
    }
  };
  return (webhook) => Promise.all(urls.map((url) => forwardTo(url, webhook)));
}

/** Such as `→ http://localhost:3000/webhook 200` or `→ … refused after 4 attempts: connect ECONNREFUSED`. */
export function describeForwarded({ url, status, problem, attempts, isAcknowledged }: Forwarded): string {
  const times = attempts === 1 ? '' : ` after ${attempts} attempts`;
  return `→ ${url}  ${status ?? 'no answer'}${times}${isAcknowledged || problem === undefined ? '' : `: ${problem}`}`;
}
