import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../errors.ts';
import type { Outcome } from './answer.ts';
import { ExchangeError } from './exchange.ts';
import { readRateLimit } from './rate-limit.ts';

const maxRepetitions = 2;
const firstPauseMs = 100;
/** A window that opens later than this is the caller's to wait for. */
const maxWindowWaitMs = 2_000;
/** Failures that another attempt may not meet. Faults of TLS, handshakes that stall and the answer's form aren't among them. */
const passing = new Set(
  (
    'ECONNRESET ECONNREFUSED ECONNABORTED EPIPE ETIMEDOUT ENOTFOUND EAI_AGAIN ENETUNREACH ENETDOWN EHOSTUNREACH ' +
    'EHOSTDOWN UND_ERR_SOCKET'
  ).split(' '),
);

/**
 * Asks, and asks again at most twice when the network or Xendit falters.
 *
 * @returns what came of the last attempt that was made.
 * @throws GatewayError our own limits don't allow even the first one.
 */
export async function repeatedly(
  attempt: () => Promise<Outcome>,
  deadline: AbortSignal,
  remainingMs: () => number,
): Promise<Outcome> {
  let outcome = await attempt();
  for (let repetition = 0; repetition < maxRepetitions; repetition += 1) {
    const pauseMs = pauseBefore(repetition, outcome);
    if (pauseMs === undefined || pauseMs >= remainingMs()) break;
    await sleep(pauseMs, undefined, { signal: deadline }).catch(() => {});
    if (deadline.aborted) break;
    const next = await attempt().catch(whenRefused);
    if (next === undefined) break;
    outcome = next;
  }
  return outcome;
}

/** Where our own limits forbid another attempt, what Xendit said last counts. */
function whenRefused(error: unknown): undefined {
  if (!(error instanceof GatewayError)) throw error;
}

/** How long to wait before asking again; undefined when asking again is no use. */
function pauseBefore(repetition: number, outcome: Outcome): number | undefined {
  const pauseMs = Math.random() * firstPauseMs * 2 ** repetition;
  if (outcome instanceof ExchangeError) return passing.has(outcome.reason) ? pauseMs : undefined;
  if (outcome.status >= 500) return pauseMs;
  if (outcome.status !== 429) return undefined;
  const resetMs = readRateLimit(outcome.headers)?.resetMs;
  return resetMs !== undefined && resetMs <= maxWindowWaitMs ? resetMs + pauseMs : undefined;
}
