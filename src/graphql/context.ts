import type { Service } from '../service/service.ts';

/** What every resolver has. */
export interface Context {
  /** All that this caller can ask for. */
  service: Service;
  /** The same in the answer's failures and in the log. */
  requestId: string;
  /** What the caller may see: what is worked out for one is told to others with the same, and to nobody else. */
  entitlement: string;
  /** Aborted when the caller no longer waits for the answer; undefined where that can't be told. */
  left?: AbortSignal | undefined;
}
