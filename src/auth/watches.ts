import { GatewayError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Caller } from '../model/caller.ts';
import { notProved, type Prover } from './proof.ts';

/** Open connections and who holds them. */
export interface Watches {
  /** See `Auth.watchOver`. */
  watch(proof: Proof, caller: Caller, onChange: OnChange): () => void;
  /** Proves again those of one prover who may have become others, or nobody. Never throws. */
  recheck(prover: Prover): Promise<void>;
  close(): void;
}

/** What a connection was opened with. */
export interface Proof {
  prover: Prover;
  token: string;
}

export type OnChange = (now: Caller | GatewayError) => void;

interface Watch extends Proof {
  caller: Caller;
  /** The prover's when it last proved the caller; undefined: not since the connection was opened. */
  version: number | undefined;
  tell: OnChange;
  timer: NodeJS.Timeout | undefined;
}

/** The longest that a timer of Node's can wait. */
const longestMs = 2_147_483_647;

export function createWatches(log: Log): Watches {
  const watches = new Set<Watch>();

  const stop = (watch: Watch) => {
    watches.delete(watch);
    clearTimeout(watch.timer);
  };
  const end = (watch: Watch, error: GatewayError) => {
    stop(watch);
    watch.tell(error);
  };
  const waitForExpiry = (watch: Watch) => {
    const { expiresAt } = watch.caller;
    if (expiresAt === undefined) return;
    const leftMs = Math.max(Math.ceil(expiresAt - Date.now()), 0);
    const onTime = () => (expiresAt <= Date.now() ? end(watch, notProved()) : waitForExpiry(watch));
    watch.timer = setTimeout(onTime, Math.min(leftMs, longestMs));
  };
  const proveAgain = async (watch: Watch, version: number) => {
    const now = await watch.prover.prove(watch.token).catch((error: unknown) => error);
    if (!watches.has(watch)) return; // It was let go meanwhile.
    if (now instanceof GatewayError && now.code === 'UNAUTHENTICATED') return end(watch, now);
    if (now instanceof Error) return; // Nobody can say now: the last word stands, and it is asked again.
    const before = watch.caller;
    watch.version = version;
    watch.caller = now as Caller;
    if (!isSame(before, watch.caller)) watch.tell(watch.caller);
  };
  return {
    watch(proof, caller, onChange) {
      const tell: OnChange = (now) => {
        try {
          onChange(now);
        } catch (error) {
          log.error({ err: error }, 'a connection could not be told of its caller');
        }
      };
      const watch: Watch = { ...proof, caller, version: undefined, tell, timer: undefined };
      watches.add(watch);
      waitForExpiry(watch);
      return () => stop(watch);
    },
    async recheck(prover) {
      const version = prover.version();
      for (const watch of [...watches]) {
        if (watch.prover === prover && watch.version !== version) await proveAgain(watch, version);
      }
    },
    close() {
      for (const watch of watches) stop(watch);
    },
  };
}

function isSame(one: Caller, other: Caller): boolean {
  const isAs = one.name === other.name && one.account === other.account && one.scopes.size === other.scopes.size;
  return isAs && [...one.scopes].every((scope) => other.scopes.has(scope));
}
