import { WebSocket } from 'ws';

/** What becomes of one subscription on a connection of its own. */
export interface StreamEvents {
  onSubscribed(): void;
  onMessage(data: Record<string, unknown>): void;
}

/** `gone`: the connection ended, at either end. `refused` carries the code of the first error. */
export type StreamEnd = { kind: 'completed' } | { kind: 'refused'; code: string } | { kind: 'gone'; closeCode: number };

export interface Stream {
  ended: Promise<StreamEnd>;
  /** Leaves as applications do: `close` says goodbye, `terminate` doesn't, and `deaf` hears nothing more for a while before. */
  leave(how: 'close' | 'terminate' | 'deaf'): void;
}

const handshakeWithinMs = 4_000;
const pingEveryMs = 2_000;
const silenceMs = 8_000;
const deafForMs = 3_000;

/** One subscription by the protocol `graphql-transport-ws`, without its client library, which would reconnect by itself. */
export function openStream(url: string, query: string, variables: object, events: StreamEvents): Stream {
  const socket = new WebSocket(url, 'graphql-transport-ws', {
    handshakeTimeout: handshakeWithinMs,
    perMessageDeflate: false,
  });
  const ended = Promise.withResolvers<StreamEnd>();
  let isOver = false;
  let heardAt = performance.now();
  const end = (how: StreamEnd) => {
    if (isOver) return;
    isOver = true;
    clearInterval(pinging);
    ended.resolve(how);
  };
  const say = (message: object) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message));
  const pinging = setInterval(() => {
    if (performance.now() - heardAt > silenceMs) socket.terminate();
    else say({ type: 'ping' });
  }, pingEveryMs);

  socket.on('open', () => say({ type: 'connection_init' }));
  socket.on('error', () => socket.terminate());
  socket.on('close', (closeCode) => end({ kind: 'gone', closeCode }));
  socket.on('message', (bytes) => {
    heardAt = performance.now();
    if (isOver) return;
    const message = JSON.parse(String(bytes));
    if (message.type === 'connection_ack') {
      say({ id: '1', type: 'subscribe', payload: { query, variables } });
      events.onSubscribed();
    } else if (message.type === 'next' && !message.payload.errors) {
      events.onMessage(message.payload.data);
    } else if (message.type === 'next' || message.type === 'error') {
      const [first] = message.payload.errors ?? message.payload;
      end({ kind: 'refused', code: first?.extensions?.code ?? String(first?.message) });
      socket.close();
    } else if (message.type === 'complete') {
      end({ kind: 'completed' });
      socket.close();
    }
  });

  return {
    ended: ended.promise,
    leave(how) {
      const go = () => {
        // What is still in the pipe is not taken in any more.
        end({ kind: 'gone', closeCode: 0 });
        if (how === 'close') socket.close(1000);
        else socket.terminate();
      };
      if (how !== 'deaf') return go();
      socket.pause();
      setTimeout(go, deafForMs);
    },
  };
}
