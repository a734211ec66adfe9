import { createHash } from 'node:crypto';
import { GatewayError, OutcomeUnknownError } from '../errors.ts';
import { canonicalJson } from '../model/json.ts';
import { inputOf, type OnceClaim, type OnceKeys, type OnceStanding } from '../store/once-keys.ts';
import { XenditError } from '../xendit/errors.ts';
import { isAway } from './asking.ts';

/** One kind of thing that is done once for each key. Its input is plain JSON, so that it can be kept beside the key. */
export interface OnceOperation<I, T> {
  /** Such as `createQrCode`. */
  name: string;
  /** What it is known by, for people. */
  referenceOf(input: I): string;
  /** Does it. What it throws decides whether the key may be used again. */
  send(account: string, input: I, key: string): Promise<T>;
  /**
   * Finds out whether it was done after all; undefined when it was not, or nobody can tell.
   *
   * @throws NameTakenError it was not done, and can't be any more.
   */
  recover(account: string, input: I, attempt: { claim: OnceClaim; startedAt: Date }): Promise<T | undefined>;
  /** What came of it, by the id that was kept. */
  read(account: string, id: string, input: I): Promise<T | undefined>;
  /** The ids by any of which it may be kept, the likeliest first: no two keys of an operation are kept by one. */
  idsOf(result: T): readonly string[];
  /**
   * RESEND where not finding it means that it was not done, or where Xendit itself does it once; REPORT where nobody can
   * tell: then it stays unknown until a webhook or a GET tells.
   */
  whenNotFound(input: I, startedAt: Date): 'RESEND' | 'REPORT';
  /** For how long a sweep looks for it, in milliseconds since it began; as long as its key is kept unless told. */
  soughtForMs?: number;
}

/** The name that something was to have is another's for ever: whatever was sent for it has come to nothing, and will. */
export class NameTakenError extends GatewayError {
  override readonly name = 'NameTakenError';

  constructor(message: string) {
    super('CONFLICT', message);
  }
}

/** What became of work whose caller is gone. */
export type Settlement = 'DONE' | 'REFUSED' | 'UNKNOWN';

export interface OnceResult<T> {
  result: T;
  /** The key had been used before: nothing was done now, and this is what came of it then. */
  alreadyProcessed: boolean;
}

/** Does things once for each key, across repetitions, lost answers and the death of a process. */
export interface Once {
  /**
   * @throws GatewayError CONFLICT the key stands for another input.
   * @throws OutcomeUnknownError it may have been done; try again with the same key.
   */
  run<I, T>(operation: OnceOperation<I, T>, account: string, key: string, input: I): Promise<OnceResult<T>>;
  /**
   * Finds out what became of work whose caller is gone.
   *
   * @returns UNKNOWN when no end was found; REFUSED when nothing came of it, and its key is free again.
   */
  settle<I, T>(operation: OnceOperation<I, T>, claim: OnceClaim, startedAt: Date): Promise<Settlement>;
}

/** When a lost answer is looked for by the gateway itself, in milliseconds after it was lost; a sweep looks later. */
const lookAgainAfterMs = [500, 2_000, 8_000];

/** @param patienceMs how long a call may be under way elsewhere before it counts as lost. */
export function createOnce(keys: OnceKeys, patienceMs: number): Once {
  const flights = new Map<string, { fingerprint: string; flight: Promise<OnceResult<unknown>> }>();

  async function start<I, T>(operation: OnceOperation<I, T>, claim: OnceClaim, input: I): Promise<OnceResult<T>> {
    const standing = await keys.claim(claim);
    if (standing.state === 'OTHER') throw conflict();
    if (standing.state === 'MINE') return send(operation, claim, input, new Date(), false);
    if (standing.state === 'DONE') {
      const result = await operation.read(claim.account, standing.resourceId, input);
      if (result === undefined) throw new OutcomeUnknownError(claim.reference);
      return { result, alreadyProcessed: true };
    }
    const found = await look(operation, claim, input, standing.startedAt);
    if (found !== undefined) return { result: found, alreadyProcessed: true };
    if (!(await mayResend(operation, claim, input, standing))) throw new OutcomeUnknownError(claim.reference);
    return send(operation, claim, input, standing.startedAt, true);
  }

  async function mayResend<I, T>(
    operation: OnceOperation<I, T>,
    claim: OnceClaim,
    input: I,
    { state, startedAt, updatedAt }: Extract<OnceStanding, { updatedAt: Date }>,
  ): Promise<boolean> {
    const mayBeUnderWay = state === 'STARTED' && Date.now() - updatedAt.getTime() < patienceMs;
    const mayBeSent = !mayBeUnderWay && operation.whenNotFound(input, startedAt) === 'RESEND';
    return mayBeSent && keys.retake(claim, updatedAt);
  }

  /**
   * What came of it, if that can be told and is no other key's. A key whose name is another's is free again, even after a
   * second sending.
   *
   * @throws OutcomeUnknownError nobody can be asked now.
   * @throws NameTakenError nothing came of it, and nothing will.
   */
  async function look<I, T>(
    operation: OnceOperation<I, T>,
    claim: OnceClaim,
    input: I,
    startedAt: Date,
  ): Promise<T | undefined> {
    try {
      const found = await operation.recover(claim.account, input, { claim, startedAt });
      return found !== undefined && (await take(operation, claim, found)) ? found : undefined;
    } catch (error) {
      if (error instanceof NameTakenError) await keys.release(claim).catch(() => undefined);
      // What was sent may be done: that it can't be looked for now must not pass for a refusal.
      const isNobodyThere = isAway(error) || (error instanceof GatewayError && error.code === 'STORE_UNAVAILABLE');
      throw isNobodyThere ? new OutcomeUnknownError(claim.reference, { cause: error }) : error;
    }
  }

  async function take<I, T>(operation: OnceOperation<I, T>, claim: OnceClaim, result: T): Promise<boolean> {
    for (const id of operation.idsOf(result)) if (await keys.take(claim, id)) return true;
    return false;
  }

  /** @param isAgain it was sent before and not found: the first one may still land between the look and this one. */
  async function send<I, T>(
    operation: OnceOperation<I, T>,
    claim: OnceClaim,
    input: I,
    startedAt: Date,
    isAgain: boolean,
  ): Promise<OnceResult<T>> {
    try {
      const result = await operation.send(claim.account, input, claim.key);
      return { result: await finish(operation, claim, result), alreadyProcessed: false };
    } catch (error) {
      const mayBeOurs = isAgain && error instanceof GatewayError && error.code === 'CONFLICT';
      const found = mayBeOurs ? await look(operation, claim, input, startedAt) : undefined;
      if (found !== undefined) return { result: found, alreadyProcessed: true };
      // Whatever is said of a second sending, the first one may still land: its key stays taken.
      await conclude(operation, claim, startedAt, isAgain || mayHaveBeenDone(error));
      const isUnclear = error instanceof XenditError && mayHaveBeenDone(error);
      throw isUnclear ? new OutcomeUnknownError(claim.reference, { cause: error }) : error;
    }
  }

  /** After a failure: either somebody has to find out, or the key is free again. */
  async function conclude<I, T>(
    operation: OnceOperation<I, T>,
    claim: OnceClaim,
    startedAt: Date,
    mayBeDone: boolean,
  ): Promise<void> {
    if (mayBeDone) {
      await keys.lose(claim).catch(() => undefined);
      lookAgain(operation, claim, startedAt, 0);
    } else {
      await keys.release(claim).catch(() => undefined);
    }
  }

  /** What was done stays done when its key can't be marked so: it is then found again. */
  async function finish<I, T>(operation: OnceOperation<I, T>, claim: OnceClaim, result: T): Promise<T> {
    const ids = operation.idsOf(result);
    const last = ids.at(-1);
    const keep = async () => {
      // What was answered with is its own; only of several it has to be said which.
      if (ids.length > 1 && (await take(operation, claim, result))) return;
      if (last !== undefined) await keys.finish(claim, last);
    };
    await keep().catch(() => undefined);
    return result;
  }

  async function settle<I, T>(operation: OnceOperation<I, T>, claim: OnceClaim, startedAt: Date): Promise<Settlement> {
    try {
      const found = await look(operation, claim, inputOf<I>(claim), startedAt);
      return found === undefined ? 'UNKNOWN' : 'DONE';
    } catch (error) {
      if (error instanceof NameTakenError) return 'REFUSED';
      throw error;
    }
  }

  function lookAgain<I, T>(operation: OnceOperation<I, T>, claim: OnceClaim, startedAt: Date, attempt: number): void {
    const delayMs = lookAgainAfterMs[attempt];
    if (delayMs === undefined) return;
    const look = async () => {
      const settlement = await settle(operation, claim, startedAt).catch(() => 'UNKNOWN');
      if (settlement === 'UNKNOWN') lookAgain(operation, claim, startedAt, attempt + 1);
    };
    setTimeout(look, delayMs).unref();
  }

  return {
    settle,
    async run<I, T>(operation: OnceOperation<I, T>, account: string, key: string, input: I) {
      const text = canonicalJson(input);
      const fingerprint = createHash('sha256').update(text).digest('hex');
      const claim = {
        account,
        operation: operation.name,
        key,
        fingerprint,
        reference: operation.referenceOf(input),
        input: text,
      };
      const name = JSON.stringify([account, operation.name, key]);
      const joined = flights.get(name);
      if (joined !== undefined) {
        if (joined.fingerprint !== fingerprint) throw conflict();
        return joined.flight as Promise<OnceResult<T>>;
      }
      const flight = start(operation, claim, input).finally(() => flights.delete(name));
      flights.set(name, { fingerprint, flight });
      return flight;
    },
  };
}

/** Xendit's words for not having reached the one who does the work: a refusal, whatever the status beside them. */
const notReached = new Set(['CHANNEL_UNAVAILABLE', 'ISSUER_UNAVAILABLE']);

/** A 5xx may come after the work as well as before it; a refusal says that nothing was done. */
function mayHaveBeenDone(error: unknown): boolean {
  if (error instanceof OutcomeUnknownError) return true;
  if (error instanceof XenditError) return error.status >= 500 && !notReached.has(error.xenditCode ?? '');
  return !(error instanceof GatewayError);
}

function conflict(): GatewayError {
  return new GatewayError('CONFLICT', 'This idempotency key was used for another input');
}
