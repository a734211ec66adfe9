import { createHash } from 'node:crypto';
import { GatewayError, OutcomeUnknownError } from '../errors.ts';
import { canonicalJson } from '../model/json.ts';
import type { OnceClaim, OnceKeys } from '../store/once-keys.ts';
import { XenditError } from '../xendit/errors.ts';

/** How one thing is done once. */
export interface OnceWork<T> {
  /** Does it. What it throws decides whether the key may be used again. */
  send(): Promise<T>;
  /** Asks Xendit whether it was done after all; undefined when it was not. */
  recover(): Promise<T | undefined>;
  /** What came of it, by the id that was kept. */
  read(id: string): Promise<T | undefined>;
  idOf(result: T): string;
}

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
  run<T>(request: OnceRequest, work: OnceWork<T>): Promise<OnceResult<T>>;
}

export interface OnceRequest {
  account: string;
  operation: string;
  key: string;
  /** What the key stands for: with another input it is refused. */
  input: unknown;
  /** By which Xendit can be asked what became of it. */
  reference: string;
}

/** When a lost answer is looked for by the gateway itself, in milliseconds after it was lost. */
const lookAgainAfterMs = [500, 2_000, 8_000, 30_000];

/** @param patienceMs how long a call may be under way elsewhere before it counts as lost. */
export function createOnce(keys: OnceKeys, patienceMs: number): Once {
  const flights = new Map<string, { fingerprint: string; flight: Promise<OnceResult<unknown>> }>();

  async function start<T>(claim: OnceClaim, work: OnceWork<T>): Promise<OnceResult<T>> {
    const standing = await keys.claim(claim);
    if (standing.state === 'OTHER') throw conflict();
    if (standing.state === 'MINE') return { result: await send(claim, work), alreadyProcessed: false };
    if (standing.state === 'DONE') {
      const result = (await work.read(standing.resourceId)) ?? (await work.recover());
      if (result === undefined) throw new OutcomeUnknownError(claim.reference);
      return { result, alreadyProcessed: true };
    }
    const found = await work.recover();
    if (found !== undefined) return { result: await finish(claim, work, found), alreadyProcessed: true };
    const mayBeUnderWay = standing.state === 'STARTED' && Date.now() - standing.startedAt.getTime() < patienceMs;
    if (mayBeUnderWay) throw new OutcomeUnknownError(claim.reference);
    return resend(claim, work);
  }

  /** Sent before and not found: the first one may still land between the look and the second one. */
  async function resend<T>(claim: OnceClaim, work: OnceWork<T>): Promise<OnceResult<T>> {
    try {
      return { result: await finish(claim, work, await work.send()), alreadyProcessed: false };
    } catch (error) {
      const found = error instanceof GatewayError && error.code === 'CONFLICT' ? await work.recover() : undefined;
      if (found !== undefined) return { result: await finish(claim, work, found), alreadyProcessed: true };
      await conclude(claim, work, error);
      throw error;
    }
  }

  async function send<T>(claim: OnceClaim, work: OnceWork<T>): Promise<T> {
    try {
      return await finish(claim, work, await work.send());
    } catch (error) {
      await conclude(claim, work, error);
      throw error;
    }
  }

  /** After a failure: either somebody has to find out, or the key is free again. */
  async function conclude<T>(claim: OnceClaim, work: OnceWork<T>, error: unknown): Promise<void> {
    if (mayHaveBeenDone(error)) {
      await keys.lose(claim).catch(() => undefined);
      lookAgain(claim, work);
    } else {
      await keys.release(claim).catch(() => undefined);
    }
  }

  /** What was done stays done when its key can't be marked so: a replay then finds it by its reference. */
  async function finish<T>(claim: OnceClaim, work: OnceWork<T>, result: T): Promise<T> {
    await keys.finish(claim, work.idOf(result)).catch(() => undefined);
    return result;
  }

  function lookAgain<T>(claim: OnceClaim, work: OnceWork<T>, attempt = 0): void {
    const delayMs = lookAgainAfterMs[attempt];
    if (delayMs === undefined) return;
    const look = async () => {
      const found = await work.recover().catch(() => undefined);
      if (found === undefined) lookAgain(claim, work, attempt + 1);
      else await finish(claim, work, found);
    };
    setTimeout(look, delayMs).unref();
  }

  return {
    async run<T>({ account, operation, key, input, reference }: OnceRequest, work: OnceWork<T>) {
      const fingerprint = createHash('sha256').update(canonicalJson(input)).digest('hex');
      const claim = { account, operation, key, fingerprint, reference };
      const name = JSON.stringify([account, operation, key]);
      const joined = flights.get(name);
      if (joined !== undefined) {
        if (joined.fingerprint !== fingerprint) throw conflict();
        return joined.flight as Promise<OnceResult<T>>;
      }
      const flight = start(claim, work).finally(() => flights.delete(name));
      flights.set(name, { fingerprint, flight });
      return flight;
    },
  };
}

/** A 5xx may come after the work as well as before it; a refusal says that nothing was done. */
function mayHaveBeenDone(error: unknown): boolean {
  if (error instanceof OutcomeUnknownError) return true;
  return error instanceof XenditError ? error.status >= 500 : !(error instanceof GatewayError);
}

function conflict(): GatewayError {
  return new GatewayError('CONFLICT', 'This idempotency key was used for another input');
}
