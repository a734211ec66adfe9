import type { Heard, Transport } from './connection.ts';

/** How a connection ended; LEFT: nobody needed it any more. */
export type Ending = Exclude<Heard, { type: 'CONNECTED' | 'TOLD' }> | { type: 'LEFT' };

/** One connection, from before it stands until it is over. */
export interface Connection {
  transport: Transport;
  /** False when it was over before it stood. */
  connected: Promise<boolean>;
  ended: Promise<Ending>;
  over: AbortSignal;
  /** Closes it at once. Does nothing the second time. */
  close(): void;
}

/**
 * @param connect begins it, and returns how to close it.
 * @param tell is given the data that it tells.
 * @param left closes it, too.
 */
export function openConnection(
  transport: Transport,
  connect: (hear: (heard: Heard) => void) => () => void,
  tell: (data: unknown) => void,
  left: AbortSignal,
): Connection {
  const closing = new AbortController();
  let stand: (isConnected: boolean) => void = () => undefined;
  let finish: (ending: Ending) => void = () => undefined;
  const connected = new Promise<boolean>((resolve) => {
    stand = resolve;
  });
  const ended = new Promise<Ending>((resolve) => {
    finish = resolve;
  });
  const leave = connect((heard) => {
    if (heard.type === 'CONNECTED') stand(true);
    else if (heard.type === 'TOLD') tell(heard.data);
    else close(heard);
  });
  function close(ending: Ending): void {
    if (closing.signal.aborted) return;
    closing.abort();
    leave();
    finish(ending);
    stand(false);
  }
  left.addEventListener('abort', () => close({ type: 'LEFT' }), { signal: closing.signal });
  if (left.aborted) close({ type: 'LEFT' });
  return { transport, connected, ended, over: closing.signal, close: () => close({ type: 'LEFT' }) };
}
