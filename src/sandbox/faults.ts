import type { Endpoint } from './endpoints.ts';
import { randomBy } from './random.ts';

/** What goes wrong with one answer. `afterProcessing` (false by default) says whether the work was done all the same. */
export type ApiFault =
  /** Everything comes late: the work and the answer, or with `afterProcessing` the answer alone. */
  | { kind: 'delay'; ms: number; afterProcessing?: boolean }
  /** No answer ever comes, and the connection stays open. */
  | { kind: 'hang'; afterProcessing?: boolean }
  /** An error instead of the answer; `errorCode` is SERVER_ERROR unless told. */
  | { kind: 'status'; status: number; errorCode?: string; afterProcessing?: boolean }
  /** The connection is reset without an answer. */
  | { kind: 'reset'; afterProcessing?: boolean }
  /** The headers come at once, the body in pieces of `chunkBytes` (1 by default), each after `msPerChunk`. */
  | { kind: 'slowBody'; msPerChunk: number; chunkBytes?: number }
  /** The right status with a body that is no JSON; `{"id":"qr_` unless told. */
  | { kind: 'invalidBody'; body?: string };

/** What goes wrong with one attempt to deliver a webhook. */
export type WebhookFault =
  /** It is sent `ms` later. */
  | { kind: 'delay'; ms: number }
  /** It gets lost on the way, and is retried as an unanswered one is. */
  | { kind: 'drop' }
  /** It is sent `times` times at once. */
  | { kind: 'duplicate'; times: number }
  /** It is held until the next attempt to deliver another webhook is over, whatever came of that. */
  | { kind: 'reorder' }
  /** It carries a callback token that is not the account's. */
  | { kind: 'wrongToken' }
  /** It arrives, but its answer gets lost, so it is retried though it was acknowledged. */
  | { kind: 'loseAnswer' }
  /** Its first attempt ends before the call that caused it is answered; means nothing for a retry. */
  | { kind: 'beforeAnswer' };

export type FaultTarget = Endpoint | 'webhook';
export type FaultFor<T extends FaultTarget> = T extends 'webhook' ? WebhookFault : ApiFault;

/** How often something goes wrong: a probability from 0 to 1, drawn from a seed so that a run can be repeated. */
export interface Chance {
  probability: number;
  seed: number;
}

/** The script of what goes wrong. Each request, and each attempt to deliver, meets at most one fault. */
export interface Faults {
  /**
   * The next `count` (1 by default) requests to an endpoint, or attempts to deliver, meet this fault, after those scripted before.
   *
   * @throws Error no such endpoint.
   */
  next<T extends FaultTarget>(target: T, fault: FaultFor<T>, count?: number): void;
  /**
   * Any request or attempt for which nothing is scripted meets this fault by chance, until `clear`.
   *
   * @throws Error no such endpoint.
   */
  sometimes<T extends FaultTarget>(target: T, fault: FaultFor<T>, chance: Chance): void;
  /** Forgets the script, and sends the webhooks that were held for reordering. */
  clear(): void;
}

/** The script as the sandbox itself reads it. */
export interface FaultScript extends Faults {
  /** The fault that this request or attempt meets, if any; a scripted one is used up. */
  take<T extends FaultTarget>(target: T): FaultFor<T> | undefined;
}

type AnyFault = ApiFault | WebhookFault;

/** @param endpoints every endpoint there is; `onClear` is called after the script has been forgotten. */
export function createFaults(endpoints: readonly Endpoint[], onClear: () => void): FaultScript {
  const scripted = new Map<FaultTarget, AnyFault[]>([...endpoints, 'webhook' as const].map((target) => [target, []]));
  const chances = new Map<FaultTarget, { fault: AnyFault; strikes: () => boolean }[]>();
  const queueOf = (target: FaultTarget) => {
    const queue = scripted.get(target);
    if (queue === undefined) throw new Error(`No endpoint ${target}: there are ${[...scripted.keys()].join(', ')}`);
    return queue;
  };
  return {
    next(target, fault, count = 1) {
      const queue = queueOf(target);
      for (let left = count; left > 0; left -= 1) queue.push(fault);
    },
    sometimes(target, fault, { probability, seed }) {
      queueOf(target);
      const draw = randomBy(seed);
      chances.set(target, [...(chances.get(target) ?? []), { fault, strikes: () => draw() < probability }]);
    },
    take<T extends FaultTarget>(target: T) {
      const fault = queueOf(target).shift() ?? chances.get(target)?.find(({ strikes }) => strikes())?.fault;
      return fault as FaultFor<T> | undefined;
    },
    clear() {
      for (const queue of scripted.values()) queue.length = 0;
      chances.clear();
      onClear();
    },
  };
}
