import { type Span, SpanKind } from '@opentelemetry/api';
import { ThrottledError } from '../errors.ts';
import { failSpan, inSpan } from '../spans.ts';
import { isFault, type Outcome } from './answer.ts';
import type { Call, Method } from './errors.ts';
import { ExchangeError } from './exchange.ts';

/** What an attempt at a call came to: the last three were never sent. */
export type AttemptResult =
  | 'answered'
  /** A 4xx other than 429. */
  | 'refused'
  | 'throttled'
  /** Speaks against Xendit's health. */
  | 'failed'
  /** It may have been sent. */
  | 'no_answer'
  /** Whoever asked has left. */
  | 'left'
  /** No connection, or no place in line for one. */
  | 'not_sent'
  | 'budget_spent'
  | 'breaker_open';

/** One attempt at a call, for those who count. */
export interface Attempt {
  method: Method;
  /** Such as `/qr_codes/{}`. */
  endpoint: string;
  result: AttemptResult;
  durationMs: number;
}

/**
 * Makes one attempt within a span of its own: its name is the method and the path without ids.
 *
 * @param host of Xendit, for the span.
 * @param caller aborted when whoever asked has left.
 * @param onAttempt told what it came to. It must not throw.
 */
export function measure(
  { method, path: { endpoint } }: Call,
  host: string,
  caller: AbortSignal | undefined,
  onAttempt: ((attempt: Attempt) => void) | undefined,
  attempt: () => Promise<Outcome>,
): Promise<Outcome> {
  const attributes = { 'http.request.method': method, 'url.template': endpoint, 'server.address': host };
  return inSpan(`${method} ${endpoint}`, { kind: SpanKind.CLIENT, attributes }, async (span) => {
    const beganAt = performance.now();
    const tell = (result: AttemptResult) =>
      onAttempt?.({ method, endpoint, result, durationMs: performance.now() - beganAt });
    try {
      const outcome = await attempt();
      describe(span, outcome);
      tell(resultOf(outcome, caller?.aborted ?? false));
      return outcome;
    } catch (error) {
      tell(error instanceof ThrottledError ? 'budget_spent' : 'breaker_open');
      throw error;
    }
  });
}

function describe(span: Span, outcome: Outcome): void {
  if (outcome instanceof ExchangeError) {
    failSpan(span, outcome.reason);
  } else {
    span.setAttribute('http.response.status_code', outcome.status);
    if (outcome.status >= 400) failSpan(span, String(outcome.status));
  }
}

function resultOf(outcome: Outcome, hasLeft: boolean): AttemptResult {
  if (outcome instanceof ExchangeError) {
    if (hasLeft) return 'left';
    return outcome.mayHaveArrived ? 'no_answer' : 'not_sent';
  }
  if (outcome.status === 429) return 'throttled';
  if (isFault(outcome)) return 'failed';
  return outcome.status < 400 ? 'answered' : 'refused';
}
