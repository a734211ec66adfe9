import { Pool } from 'undici';
import type { JsonObject } from '../model/json.ts';
import { type Answer, type Answered, isFault, type Outcome, readGet, readWrite } from './answer.ts';
import { currentAsker } from './asker.ts';
import type { Breaker } from './breaker.ts';
import type { Budget, Purpose } from './budget.ts';
import { withDeadline } from './deadline.ts';
import type { Call } from './errors.ts';
import { ExchangeError, exchange, type Request, type Response } from './exchange.ts';
import { createGate } from './gate.ts';
import { type Attempt, measure } from './measuring.ts';
import type { Path } from './path.ts';
import { readRateLimit } from './rate-limit.ts';
import { repeatedly } from './repeating.ts';
import { type Query, toHeaders, toQuery } from './request.ts';

export type { Answered } from './answer.ts';

export interface XenditOptions {
  /** Such as `https://api.xendit.co`; it may have a path. */
  baseUrl: string;
  secretKey: string;
  /** For one call from beginning to end, with its repetitions. */
  timeoutMs: number;
  /** For one socket to be connected and encrypted; 2,500 unless told. It may take half a second more, since undici's timer is coarse. */
  connectTimeoutMs?: number | undefined;
  /** How many sockets at most; 64 unless told. */
  connections?: number | undefined;
  /** How long a call may wait for one of them, in milliseconds; 1,000 unless told. */
  queueTimeoutMs?: number | undefined;
  /** How long an answer may be; 2 MiB unless told. */
  maxResponseBytes?: number | undefined;
  userAgent?: string | undefined;
  /** Asked before every attempt, and told of every answer; without one calls aren't counted. */
  budget?: Budget | undefined;
  /** Asked before every attempt, and told what came of it; without one a host that is down is called all the same. */
  breaker?: Breaker | undefined;
  /** Told of every answer, also of those that are then repeated. It must not throw. */
  onAnswer?: ((answer: Answered) => void) | undefined;
  /** Told of every attempt, also of those that were not sent or got no answer. It must not throw. */
  onAttempt?: ((attempt: Attempt) => void) | undefined;
}

interface CallOptions {
  /** The sub-account that it concerns; empty or absent for the owner of the key. */
  account?: string | undefined;
  /** The header `api-version`, where the endpoint has one. */
  apiVersion?: string | undefined;
  /** Gives the call up; a GET is given up unless told when whoever asks for it leaves. */
  signal?: AbortSignal | undefined;
}

export interface GetOptions extends CallOptions {
  query?: Query | undefined;
  /** On whose behalf it is asked; a caller's unless told. */
  purpose?: Purpose | undefined;
}

export interface WriteOptions extends CallOptions {
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
   * @throws ThrottledError our budget is spent; nothing was sent.
   * @throws GatewayError UNAVAILABLE no answer in time, or none at all, or Xendit is down and wasn't asked;
   * UPSTREAM_PROTOCOL an answer that can't be read.
   */
  get(path: Path, options?: GetOptions): Promise<Answer>;
  /**
   * Does something; never repeated.
   *
   * @throws XenditError Xendit said no.
   * @throws ThrottledError our budget is spent; nothing was sent.
   * @throws GatewayError UNAVAILABLE nothing was sent.
   * @throws OutcomeUnknownError it was or may have been sent, and no usable answer came.
   */
  post(path: Path, options: WriteOptions): Promise<Answer>;
  /** Changes something; never repeated. It ends as a `post` does. */
  patch(path: Path, options: WriteOptions): Promise<Answer>;
  /** Waits for the calls under way, then closes every socket; may be called again. */
  close(): Promise<void>;
}

/** Calls that may wait for one socket. */
const maxWaitingPerConnection = 16;

/** One call on its way: what every attempt at it needs. */
interface Errand {
  call: Call;
  account: string;
  purpose: Purpose;
  request: Request;
  deadline: AbortSignal;
  caller: AbortSignal | undefined;
}

/** Opens the way to Xendit. Nothing is sent until the first call. */
export function openXendit(options: XenditOptions): XenditClient {
  const { timeoutMs, connectTimeoutMs = 2_500, connections = 64, queueTimeoutMs = 1_000 } = options;
  const { maxResponseBytes = 2 * 1024 * 1024, budget, breaker, onAnswer, onAttempt } = options;
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const gate = createGate(connections, connections * maxWaitingPerConnection, queueTimeoutMs);
  const pool = new Pool(base.origin, {
    connections,
    allowH2: false,
    connectTimeout: Math.min(timeoutMs, connectTimeoutMs),
    // Said aloud, so that no variable of the environment can turn it off.
    connect: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    // One deadline holds for the whole call; undici's own timers measure idleness.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: maxResponseBytes,
  });
  const fixedHeaders = toHeaders({
    authorization: `Basic ${Buffer.from(`${options.secretKey}:`).toString('base64')}`,
    accept: 'application/json',
    'user-agent': options.userAgent ?? 'xendit-graphql',
  });
  const headersFor = ({ account, apiVersion }: CallOptions, others: Record<string, string | undefined> = {}) => ({
    ...toHeaders({ ...others, 'for-user-id': account || undefined, 'api-version': apiVersion }),
    ...fixedHeaders,
  });

  let closing: Promise<void> | undefined;

  /** One attempt, measured. */
  const attempt = (errand: Errand) =>
    measure(errand.call, base.hostname, errand.caller, onAttempt, () => attemptOnce(errand));

  /** The breaker is asked before the wait for a place and again after it, since much may happen meanwhile. */
  async function attemptOnce(errand: Errand): Promise<Outcome> {
    const { call, account, purpose, request, deadline, caller } = errand;
    const operations = call.method === 'GET' ? 'reads' : 'writes';
    breaker?.check(operations);
    const entering = await gate.enter(deadline).catch((cause: unknown) => new ExchangeError(false, cause));
    if (entering instanceof ExchangeError) return entering;
    const leave = entering;
    let report: ReturnType<Breaker['enter']> | undefined;
    try {
      await budget?.take(account, `${call.method} ${call.path.endpoint}`, purpose);
      report = breaker?.enter(operations);
    } catch (error) {
      leave();
      throw error;
    }
    const sentAt = performance.now();
    const outcome = await exchange(pool, request, deadline, leave).catch(asOutcome);
    // Somebody who leaves says nothing about Xendit.
    const isTelling = !(outcome instanceof ExchangeError && caller?.aborted);
    report?.(isTelling ? (isFault(outcome) ? 'FAILED' : 'ANSWERED') : 'LEFT');
    if (!(outcome instanceof ExchangeError)) tell(errand, outcome, performance.now() - sentAt);
    return outcome;
  }

  function tell({ call, account }: Errand, { status, headers }: Response, durationMs: number): void {
    const { method, path } = call;
    const rateLimit = readRateLimit(headers);
    const answered = { method, endpoint: path.endpoint, account, status, durationMs, rateLimit };
    budget?.learn(answered);
    onAnswer?.(answered);
  }

  function write(method: 'POST' | 'PATCH', path: Path, written: WriteOptions): Promise<Answer> {
    const { body, account = '', headers, reference, signal } = written;
    const call: Call = { method, path };
    return withDeadline(timeoutMs, signal, async (deadline) => {
      const request: Request = {
        method,
        path: prefix + path.text,
        headers: headersFor(written, { ...headers, 'content-type': body && 'application/json' }),
        body: body === undefined ? null : JSON.stringify(body),
      };
      const errand: Errand = { call, account, purpose: 'caller', request, deadline, caller: signal };
      return readWrite(call, await attempt(errand), reference);
    });
  }

  return {
    get(path, asked = {}) {
      const { query, account = '', purpose = 'caller', signal = currentAsker()?.signal } = asked;
      const call: Call = { method: 'GET', path };
      return withDeadline(timeoutMs, signal, async (deadline, remainingMs) => {
        const headers = headersFor(asked);
        const request: Request = { method: 'GET', path: prefix + path.text + toQuery(query), headers, body: null };
        const errand: Errand = { call, account, purpose, request, deadline, caller: signal };
        return readGet(call, await repeatedly(() => attempt(errand), deadline, remainingMs));
      });
    },
    post: (path, options) => write('POST', path, options),
    patch: (path, options) => write('PATCH', path, options),
    close() {
      closing ??= pool.close();
      return closing;
    },
  };
}

/** The same client for the reconciler, which leaves a share of the budget to callers. */
export function asReconciler(xendit: XenditClient): XenditClient {
  return { ...xendit, get: (path, options) => xendit.get(path, { ...options, purpose: 'reconciler' }) };
}

function asOutcome(error: unknown): ExchangeError {
  if (error instanceof ExchangeError) return error;
  throw error;
}
