import { createClient } from 'graphql-ws/client';
import { type Answer, type Connect, type Heard, hearing, readAnswer } from './connection.ts';

/** Over WebSocket, by the protocol `graphql-transport-ws`. */
export const connectSocket: Connect = ({ url, token }, question, { connectMs, silenceMs }, tell) => {
  let isConnected = false;
  let leave = () => {};
  const { hear, leave: close } = hearing(tell, () => {
    clearTimeout(patience);
    // Before it stands nobody can be told goodbye.
    if (isConnected) leave();
    else client.terminate();
  });
  const lose = () => {
    isConnected = false;
    hear({ type: 'LOST' });
  };
  let patience = setTimeout(lose, connectMs);
  const client = createClient({
    url: url.href.replace(/^http/, 'ws'),
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
    keepAlive: silenceMs / 2,
    on: {
      connected() {
        isConnected = true;
        clearTimeout(patience);
        hear({ type: 'CONNECTED' });
      },
      ping(isReceived) {
        if (isReceived) return;
        clearTimeout(patience);
        patience = setTimeout(lose, silenceMs / 2);
      },
      message: () => isConnected && clearTimeout(patience),
      closed: (event) => hear(readClose((event as { code?: number }).code)),
    },
  });
  leave = client.subscribe(
    { ...question },
    {
      next: (answer) => hear(readAnswer(answer as Answer)),
      error: (error) => hear(Array.isArray(error) ? readAnswer({ errors: error }) : { type: 'LOST' }),
      complete: () => hear({ type: 'COMPLETE' }),
    },
  );
  return close;
};

/** Going away, service restart, try again later. */
const later = new Set([1001, 1012, 1013]);
/** Unauthorized, forbidden. */
const unproved = new Set([4401, 4403]);

function readClose(code = 1006): Heard {
  if (unproved.has(code)) return { type: 'REFUSED', code: 'UNAUTHENTICATED', message: 'Not let in' };
  return later.has(code) ? { type: 'LATER' } : { type: 'LOST' };
}
