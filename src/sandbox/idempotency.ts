import { canonicalJson } from '../model/json.ts';
import type { Clock } from './clock.ts';
import { type Answer, ApiError, type Call, type Route } from './http.ts';
import { perAccount } from './world.ts';

interface Kept {
  /** What was asked for: endpoint, path and body. */
  fingerprint: string;
  answer: Answer;
  atMs: number;
}

/** Source: Xendit API reference, "Create customer": kept on the request layer for 24 hours from the first request. */
const keptMs = 24 * 3_600_000;

/**
 * Makes an endpoint honour `idempotency-key`: the same call again within 24 hours gets the first answer and does nothing. A call
 * that was refused leaves its key free.
 *
 * @returns a wrapper for routes that share their keys, each account its own.
 * @throws ApiError from a wrapped route: 400 the key is no 1 to 100 characters; 409 IDEMPOTENCY_ERROR it was used for another call.
 */
export function createIdempotency(clock: Clock): (route: Route) => Route {
  const keysOf = perAccount(() => new Map<string, Kept>());
  return ({ endpoint, handle }) => ({
    endpoint,
    handle(call) {
      const key = call.headers['idempotency-key'];
      if (key === undefined) return handle(call);
      assertKey(key);
      const keys = keysOf(call.account);
      forget(keys, clock.now() - keptMs);
      const fingerprint = fingerprintOf(endpoint, call);
      const kept = keys.get(key);
      if (kept !== undefined && kept.fingerprint !== fingerprint) {
        throw new ApiError(409, 'IDEMPOTENCY_ERROR', 'This idempotency-key was used for another request');
      }
      if (kept !== undefined) return kept.answer;
      const { webhooks, ...answer } = handle(call);
      keys.set(key, { fingerprint, answer, atMs: clock.now() });
      return { ...answer, ...(webhooks && { webhooks }) };
    },
  });
}

function assertKey(key: string): void {
  if (key.length < 1 || key.length > 100) {
    throw new ApiError(400, 'API_VALIDATION_ERROR', 'idempotency-key must be from 1 to 100 characters long');
  }
}

/** The oldest come first, so that what is kept is walked no further than needed. */
function forget(keys: Map<string, Kept>, untilMs: number): void {
  for (const [key, { atMs }] of keys) {
    if (atMs > untilMs) return;
    keys.delete(key);
  }
}

function fingerprintOf(endpoint: string, { params, body }: Call): string {
  return canonicalJson([endpoint, params, body.fields]);
}
