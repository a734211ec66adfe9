import { useEffect, useReducer, useRef, useState } from 'react';
import { type WatchConnection, WatchError, type WatchedResource, watchPayment } from '../../src/client/index.ts';
import type { Fault } from './fault.ts';
import { keep, type Progress, recall, withChange } from './progress.ts';

export interface Watching {
  progress: Progress;
  /** Undefined until it is connected for the first time, and once it is over. */
  connection: WatchConnection | undefined;
  /** Everything has been said. */
  isOver: boolean;
  fault: Fault | undefined;
}

/** A payer stands and waits: no pause before something better is tried becomes long. */
const patience = { reconnectMaxMs: 4_000, comeBackMs: 10_000 };

const faults: Record<WatchError['code'], Fault> = {
  TOKEN_INVALID: 'INVALID',
  TOKEN_EXPIRED: 'EXPIRED',
  TOKEN_REFUSED: 'INVALID',
  NOT_FOUND: 'UNKNOWN',
  CURSOR_INVALID: 'REFUSED',
  REFUSED: 'REFUSED',
};

/** Watches the resource of a token for as long as the page is open, and goes on where this tab was. */
export function useWatch(token: string, { id }: WatchedResource): Watching {
  const [progress, take] = useReducer(withChange, id, recall);
  const [connection, setConnection] = useState<WatchConnection>();
  const [isOver, setOver] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const after = useRef(progress.after);
  // Each is another watch, from where the one before it was.
  const [beginning, beginAgain] = useReducer(() => ({ after: after.current }), { after: progress.after });
  const isConnected = connection?.isConnected === true;

  useEffect(() => keep(id, progress), [id, progress]);

  useEffect(() => {
    const leaving = new AbortController();
    const watch = async () => {
      let isPolling = false;
      const onConnection = (now: WatchConnection) => {
        setConnection(now);
        // Of a code that is paid again and again polling has seen that it changed, but none of its payments.
        if (isPolling && now.isConnected && now.transport !== 'polling') beginAgain();
        isPolling ||= now.transport === 'polling' && now.isConnected;
      };
      const options = { ...patience, ...beginning, onConnection, signal: leaving.signal };
      for await (const change of watchPayment(location.origin, token, options)) {
        after.current = change.cursor ?? after.current;
        take(change);
      }
      if (leaving.signal.aborted) return;
      setConnection(undefined);
      setOver(true);
    };
    watch().catch((error: unknown) => {
      const isOtherLog = error instanceof WatchError && error.code === 'CURSOR_INVALID' && after.current !== undefined;
      setConnection(undefined);
      if (!isOtherLog) return setFault(error instanceof WatchError ? faults[error.code] : 'REFUSED');
      after.current = undefined;
      beginAgain();
    });
    return () => leaving.abort();
  }, [token, beginning]);

  // Whoever is back needn't wait for the next attempt.
  useEffect(() => {
    if (connection === undefined || isConnected) return;
    addEventListener('online', beginAgain);
    return () => removeEventListener('online', beginAgain);
  }, [connection, isConnected]);

  return { progress, connection, isOver, fault };
}
