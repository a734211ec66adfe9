import type { Client } from 'graphql-ws';
import { useEffect, useState } from 'react';
import { texts } from '../examples/examples.ts';
import type { WatchQrCodeSubscription } from '../examples/generated/documents.ts';

export type Change = WatchQrCodeSubscription['qrCodeChanged'];

/** What a subscription has told so far. */
export interface Watching {
  changes: Change[];
  state: 'connecting' | 'connected' | 'complete' | 'failed';
  problem: string | undefined;
}

const nothingYet: Watching = { changes: [], state: 'connecting', problem: undefined };

/** Watches a code for as long as `isWanted`; what was told stays when it no longer is. */
export function useWatching(socket: Client, externalId: string, isWanted: boolean): Watching {
  const [watching, setWatching] = useState(nothingYet);
  useEffect(() => {
    if (!isWanted) return;
    const become = (news: Partial<Watching>) => setWatching((before) => ({ ...before, ...news }));
    const add = (change: Change) =>
      setWatching((before) => ({ ...before, state: 'connected', changes: withNews(before.changes, change) }));
    const stopListening = [
      socket.on('connected', () => become({ state: 'connected' })),
      socket.on('closed', () =>
        setWatching((before) => (isOver(before) ? before : { ...before, state: 'connecting' })),
      ),
    ];
    const stop = socket.subscribe<WatchQrCodeSubscription>(
      { query: texts.watchQrCode, variables: { externalId } },
      {
        next({ data, errors }) {
          if (data) add(data.qrCodeChanged);
          else if (errors) become({ state: 'failed', problem: errors.map(({ message }) => message).join(' ') });
        },
        error: (reason) => become({ state: 'failed', problem: wordsOf(reason) }),
        complete: () => setWatching((before) => (isOver(before) ? before : { ...before, state: 'complete' })),
      },
    );
    return () => {
      for (const end of [stop, ...stopListening]) end();
      setWatching((before) => (isOver(before) ? before : { ...before, state: 'connecting' }));
    };
  }, [socket, externalId, isWanted]);
  return watching;
}

function isOver({ state }: Watching): boolean {
  return state === 'complete' || state === 'failed';
}

/** After the connection was lost the present is told again. */
function withNews(seen: Change[], change: Change): Change[] {
  return seen.at(-1)?.version === change.version ? seen : [...seen, change];
}

function wordsOf(reason: unknown): string {
  if (Array.isArray(reason)) return reason.map(({ message }) => message).join(' ');
  if (reason instanceof CloseEvent) return `The gateway closed the WebSocket: ${reason.code} ${reason.reason}`;
  return 'The WebSocket failed.';
}
