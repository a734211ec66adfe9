import type { Transport } from './connection.ts';
import type { Connection, Ending } from './opening.ts';
import type { Times, WatchConnection } from './watch-options.ts';

export interface Staying {
  transports: readonly Transport[];
  times: Pick<Times, 'reconnectMinMs' | 'reconnectMaxMs' | 'comeBackMs'>;
  open(transport: Transport): Connection;
  onConnection(connection: WatchConnection): void;
  /** Returning means that it is to be asked anew at once. @throws WatchError that is of no use. */
  onRefused(code: string, message: string): void;
  /** Nobody needs it any more. */
  over: AbortSignal;
}

/**
 * Stays connected, by the first transport that connects, until everything has been said or nobody needs it.
 *
 * @throws WatchError the gateway refuses.
 */
export async function stayConnected(staying: Staying): Promise<void> {
  const { times, over } = staying;
  for (let failures = 0; !over.aborted; ) {
    const begun = Date.now();
    const ending = await connectOnce(staying);
    if (ending.type === 'COMPLETE') return;
    if (ending.type === 'REFUSED') {
      staying.onRefused(ending.code, ending.message);
      continue;
    }
    if (Date.now() - begun > times.reconnectMaxMs) failures = 0;
    const waitMs = Math.min(times.reconnectMaxMs, times.reconnectMinMs * 2 ** failures) * (1 - Math.random() / 2);
    failures += 1;
    await pause(Math.max(waitMs, ending.type === 'LATER' ? (ending.retryAfterMs ?? 0) : 0), over);
  }
}

/** Tries each transport in its turn, and stays with the first that connects for as long as it holds. */
async function connectOnce(staying: Staying): Promise<Ending> {
  let ending: Ending = { type: 'LOST' };
  for (const transport of staying.transports) {
    const connection = staying.open(transport);
    if (await connection.connected) return holdOn(staying, connection);
    ending = await connection.ended;
    staying.onConnection({ transport, isConnected: false });
    if (ending.type !== 'LOST') break;
  }
  return ending;
}

/** One that is preferred takes over once it stands; what both tell is told once. */
async function holdOn(staying: Staying, first: Connection): Promise<Ending> {
  for (let present = first; ; ) {
    const { transport } = present;
    staying.onConnection({ transport, isConnected: true });
    const next = await Promise.race([present.ended, findBetter(staying, present)]);
    if ('type' in next) {
      if (next.type !== 'COMPLETE') staying.onConnection({ transport, isConnected: false });
      return next;
    }
    present.close();
    present = next;
  }
}

/** A connection that is preferred to the present one, and stands; how that one ended, where it is over before. */
async function findBetter({ transports, times, open }: Staying, present: Connection): Promise<Connection | Ending> {
  const { over } = present;
  const preferred = transports.slice(0, transports.indexOf(present.transport));
  while (preferred.length > 0 && !over.aborted) {
    await pause(times.comeBackMs, over);
    for (const transport of over.aborted ? [] : preferred) {
      const better = open(transport);
      over.addEventListener('abort', better.close);
      const isConnected = await better.connected;
      over.removeEventListener('abort', better.close);
      if (isConnected) return better;
    }
  }
  return present.ended;
}

/** Resolves after some time, or at once when it is over. */
function pause(ms: number, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (over.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      over.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    over.addEventListener('abort', end);
  });
}
