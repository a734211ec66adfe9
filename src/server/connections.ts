import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../log.ts';

/** How a client is connected: by a WebSocket, or by an event stream. */
export type Transport = 'websocket' | 'sse';

/** Whatever stays open: WebSockets and event streams. */
export interface Connections {
  /** Once true, nothing new is to begin here. */
  isDraining(): boolean;
  /**
   * Counts one more.
   *
   * @param transport by which it is open.
   * @param leave ends it so that its client comes back elsewhere; resolves once it is closed.
   * @returns a function to call when it is closed; undefined when there are too many from its address.
   */
  open(transport: Transport, address: string, leave: () => Promise<void>): (() => void) | undefined;
  /**
   * Counts one of them for its caller too, once that is known.
   *
   * @returns a function to call when it is closed; undefined when the caller has too many.
   */
  claim(caller: string): (() => void) | undefined;
  /** How many are open. */
  count(transport: Transport): number;
  /** Ends all of them, evenly over this time, so that their clients don't come back all at once. */
  drain(spreadMs: number): Promise<void>;
}

export interface ConnectionsOptions {
  /** From one address at most. */
  perAddress: number;
  /** Of one caller at most. */
  perCaller: number;
  log: Log;
}

export function createConnections({ perAddress, perCaller, log }: ConnectionsOptions): Connections {
  const addresses = createCount(perAddress);
  const callers = createCount(perCaller);
  const open = new Map<() => Promise<void>, Transport>();
  let isDraining = false;
  let refused = 0;
  let warnedAt = Number.NEGATIVE_INFINITY;
  /** Says so at most once a minute, whoever it is: clients can bring it about at will. */
  const warn = (address: string) => {
    if (performance.now() < warnedAt + warnEveryMs) return;
    warnedAt = performance.now();
    const message = 'no more connections from this address; TRUSTED_PROXIES names it if a proxy';
    log.warn({ address, most: perAddress, refused }, message);
    refused = 0;
  };
  return {
    isDraining: () => isDraining,
    open(transport, address, leave) {
      const forget = addresses.add(address);
      if (forget === undefined) {
        refused += 1;
        log.debug({ address, most: perAddress }, 'too many connections from one address');
        warn(address);
        return undefined;
      }
      if (addresses.isFull(address)) warn(address);
      const own = () => leave();
      open.set(own, transport);
      return () => {
        open.delete(own);
        forget();
      };
    },
    claim(caller) {
      const forget = callers.add(caller);
      if (forget === undefined) log.debug({ caller, most: perCaller }, 'too many connections of one caller');
      return forget;
    },
    count: (transport) => [...open.values()].filter((one) => one === transport).length,
    async drain(spreadMs) {
      isDraining = true;
      const leaving: Promise<void>[] = [];
      const all = [...open.keys()];
      const beganAt = performance.now();
      for (const [index, leave] of all.entries()) {
        if (!open.has(leave)) continue;
        const wait = beganAt + (spreadMs * index) / all.length - performance.now();
        if (wait > 0) await pause(wait);
        if (open.has(leave)) leaving.push(leave());
      }
      await Promise.all(leaving);
    },
  };
}

/** Between two warnings, in milliseconds. */
const warnEveryMs = 60_000;

interface Count {
  /** @returns a function that takes it away again, once; undefined where there are as many as may be. */
  add(name: string): (() => void) | undefined;
  isFull(name: string): boolean;
}

function createCount(most: number): Count {
  const counts = new Map<string, number>();
  const countOf = (name: string) => counts.get(name) ?? 0;
  return {
    add(name) {
      if (countOf(name) >= most) return undefined;
      counts.set(name, countOf(name) + 1);
      let isThere = true;
      return () => {
        if (!isThere) return;
        isThere = false;
        const others = countOf(name) - 1;
        if (others === 0) counts.delete(name);
        else counts.set(name, others);
      };
    },
    isFull: (name) => countOf(name) >= most,
  };
}
