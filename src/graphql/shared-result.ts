import type { ExecutionResult, GraphQLError } from 'graphql';
import { apart } from '../model/apart.ts';

/** What one event comes to for all who asked for it in the same words; it belongs to all of them, so nobody changes it. */
export class SharedResult implements ExecutionResult {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLError[];
  /** When what it tells was recorded, by the clock of `performance.now()`; undefined where nobody knows. */
  readonly recordedAtMs: number | undefined;
  #json: string | undefined;

  constructor({ data = null, errors }: ExecutionResult, recordedAtMs?: number) {
    this.data = data;
    this.recordedAtMs = recordedAtMs;
    if (errors !== undefined) this.errors = errors;
  }

  /** `{"data":…}`, written once; without the errors, which each subscriber is told with its own request's id. */
  get json(): string {
    this.#json ??= JSON.stringify({ data: this.data });
    return this.#json;
  }
}

/** Works out what an event comes to. */
export type Work = (event: unknown) => Promise<SharedResult>;

/** Who joins those who wait for a result. Neither may throw. */
export interface Joiner {
  onResult(result: SharedResult): void;
  onFault(error: unknown): void;
}

/** What an event is about to come to. */
export class Sharing {
  /** By the clock of `performance.now()`. */
  readonly at = performance.now();
  readonly work: Promise<SharedResult>;
  result: SharedResult | undefined;
  /** They are told by a call: a promise for each of thousands takes as long as to write to them. */
  #waiting: Joiner[] = [];

  /** @param onFault is called before anybody is told that something went wrong. */
  constructor(work: Promise<SharedResult>, onFault: () => void) {
    this.work = work;
    const tell = (result: SharedResult) => {
      this.result = result;
      if (result.errors !== undefined) onFault();
      for (const one of this.#settle()) one.onResult(result);
    };
    const tellFault = (error: unknown) => {
      onFault();
      for (const one of this.#settle()) one.onFault(error);
    };
    apart(() => work.then(tell, tellFault));
  }

  /** Somebody is told the result once it is there. */
  join(joiner: Joiner): void {
    this.#waiting.push(joiner);
  }

  #settle(): readonly Joiner[] {
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }
}
