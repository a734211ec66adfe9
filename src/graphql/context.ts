import type { Service } from '../service/service.ts';
import type { Asker } from '../xendit/asker.ts';

/** What every resolver has. */
export interface Context {
  /** All that this caller can ask for. */
  service: Service;
  /** The same in the answer's failures and in the log. */
  requestId: string;
  /** What the caller may see: what is worked out for one is told to others with the same, and to nobody else. */
  entitlement: string;
  /** Who waits for the answer; undefined where it can't be told whether he leaves. */
  asker?: Asker | undefined;
}
