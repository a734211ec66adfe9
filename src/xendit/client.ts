import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { JsonObject } from '../model/json.ts';
import { type Answer, type Outcome, readGet, readPost } from './answer.ts';
import type { Call } from './errors.ts';
import { ExchangeError, exchange, type Request, type Response } from './exchange.ts';
import { createGate } from './gate.ts';
import type { Path } from './path.ts';
import { type RateLimit, readRateLimit } from './rate-limit.ts';
import { type Query, toHeaders, toQuery } from './request.ts';

export interface XenditOptions {
  /** Such as `https://api.xendit.co`; it may have a path. */
  baseUrl: string;
  secretKey: string;
  /** For one call from beginning to end, with its repetitions. */
  timeoutMs: number;
  /** How many sockets at most; 64 unless told. */
  connections?: number | undefined;
  /** How long an answer may be; 2 MiB unless told. */
  maxResponseBytes?: number | undefined;
  userAgent?: string | undefined;
  /** Told of every answer, also of those that are then repeated. It must not throw. */
  onAnswer?: ((answer: Answered) => void) | undefined;
}

/** One answer, for those who count calls. */
export interface Answered {
  method: 'GET' | 'POST';
  /** Such as `/qr_codes/{}`. */
  endpoint: string;
  account: string;
  status: number;
  rateLimit: RateLimit | undefined;
}

interface CallOptions {
  /** The sub-account that it concerns; empty or absent for the owner of the key. */
  account?: string | undefined;
  /** The header `api-version`, where the endpoint has one. */
  apiVersion?: string | undefined;
  signal?: AbortSignal | undefined;
}

export interface GetOptions extends CallOptions {
  query?: Query | undefined;
}

export interface PostOptions extends CallOptions {
  /** Undefined sends none. */
  body: JsonObject | undefined;
  /** Further headers, such as `idempotency-key`. */
  headers?: Record<string, string | undefined> | undefined;
  /** By which the caller can find what was asked for, should no answer come. */
  reference: string;
}

export interface XenditClient {
  /**
   * Asks; repeated at most twice when the network or Xendit falters.
   *
   * @throws XenditError Xendit said no.
   * @throws GatewayError UNAVAILABLE no answer in time, or none at all; UPSTREAM_PROTOCOL an answer that can't be read.
   */
  get(path: Path, options?: GetOptions): Promise<Answer>;
  /**
   * Does something; never repeated.
   *
   * @throws XenditError Xendit said no.
   * @throws GatewayError UNAVAILABLE nothing was sent.
   * @throws OutcomeUnknownError it was or may have been sent, and no usable answer came.
   */
  post(path: Path, options: PostOptions): Promise<Answer>;
  /** Waits for the calls under way, then closes every socket; may be called again. */
  close(): Promise<void>;
}

const maxRepetitions = 2;
const maxConnectMs = 3_000;
const firstPauseMs = 100;
/** A window that opens later than this is the caller's to wait for. */
const maxWindowWaitMs = 2_000;
/** Calls that may wait for one socket. */
const maxWaitingPerConnection = 16;
/** Failures that another attempt may not meet. Faults of TLS and of the answer's form aren't among them. */
const passing = new Set(
  (
    'ECONNRESET ECONNREFUSED ECONNABORTED EPIPE ETIMEDOUT ENOTFOUND EAI_AGAIN ENETUNREACH ENETDOWN EHOSTUNREACH ' +
    'EHOSTDOWN UND_ERR_SOCKET UND_ERR_CONNECT_TIMEOUT'
  ).split(' '),
);

/** Opens the way to Xendit. Nothing is sent until the first call. */
export function openXendit(options: XenditOptions): XenditClient {
  const { timeoutMs, connections = 64, maxResponseBytes = 2 * 1024 * 1024, onAnswer } = options;
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const gate = createGate(connections, connections * maxWaitingPerConnection);
  const pool = new Pool(base.origin, {
    connections,
    allowH2: false,
    connectTimeout: Math.min(timeoutMs, maxConnectMs),
    // One deadline holds for the whole call; undici's own timers measure idleness.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: maxResponseBytes,
  });
  const fixedHeaders = {
    authorization: `Basic ${Buffer.from(`${options.secretKey}:`).toString('base64')}`,
    accept: 'application/json',
    'user-agent': options.userAgent ?? 'xendit-graphql',
  };

  let closing: Promise<void> | undefined;

  /** One attempt, with an answer of any status. */
  async function attempt(call: Call, account: string, request: Request, signal: AbortSignal): Promise<Response> {
    const leave = await gate.enter(signal).catch((cause: unknown) => {
      throw new ExchangeError(false, cause);
    });
    const response = await exchange(pool, request, signal, leave);
    const rateLimit = readRateLimit(response.headers);
    onAnswer?.({ method: call.method, endpoint: call.path.endpoint, account, status: response.status, rateLimit });
    return response;
  }

  return {
    async get(path, { query, account = '', apiVersion, signal } = {}) {
      const call: Call = { method: 'GET', path };
      const headers = toHeaders({ ...fixedHeaders, 'for-user-id': account || undefined, 'api-version': apiVersion });
      const request: Request = { method: 'GET', path: prefix + path.text + toQuery(query), headers, body: null };
      return withDeadline(timeoutMs, signal, async (deadline, remainingMs) => {
        for (let repetition = 0; ; repetition += 1) {
          const outcome = await settle(() => attempt(call, account, request, deadline));
          const pauseMs = repetition < maxRepetitions ? pauseBefore(repetition, outcome) : undefined;
          if (pauseMs === undefined || pauseMs >= remainingMs()) return readGet(call, outcome);
          await sleep(pauseMs, undefined, { signal: deadline }).catch(() => {});
          if (deadline.aborted) return readGet(call, outcome);
        }
      });
    },

    async post(path, { body, account = '', headers, apiVersion, reference, signal }) {
      const call: Call = { method: 'POST', path };
      const request: Request = {
        method: 'POST',
        path: prefix + path.text,
        headers: toHeaders({
          ...headers,
          ...fixedHeaders,
          'content-type': body && 'application/json',
          'for-user-id': account || undefined,
          'api-version': apiVersion,
        }),
        body: body === undefined ? null : JSON.stringify(body),
      };
      return withDeadline(timeoutMs, signal, async (deadline) => {
        const outcome = await settle(() => attempt(call, account, request, deadline));
        return readPost(call, outcome, reference);
      });
    },

    close() {
      closing ??= pool.close();
      return closing;
    },
  };
}

async function settle(attempt: () => Promise<Response>): Promise<Outcome> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof ExchangeError) return error;
    throw error;
  }
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

/** Runs work under a signal that fires when the time is up or the caller leaves. */
async function withDeadline<T>(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  work: (deadline: AbortSignal, remainingMs: () => number) => Promise<T>,
): Promise<T> {
  const endsAt = performance.now() + timeoutMs;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DOMException('The time is up', 'TimeoutError')), timeoutMs);
  const leave = () => controller.abort(signal?.reason);
  if (signal?.aborted) leave();
  signal?.addEventListener('abort', leave, { once: true });
  try {
    return await work(controller.signal, () => endsAt - performance.now());
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', leave);
  }
}
