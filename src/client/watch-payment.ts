import type { Connect, Transport } from './connection.ts';
import {
  CursorInvalidError,
  NotFoundError,
  RefusedError,
  TokenExpiredError,
  TokenRefusedError,
  type WatchError,
} from './errors.ts';
import { connectEventStream } from './event-stream.ts';
import { type Connection, openConnection } from './opening.ts';
import { connectPolling } from './polling.ts';
import { Progress } from './progress.ts';
import { askForGlance, askForStream, readSeen, readTold, type WatchedChange } from './questions.ts';
import { createQueue } from './queue.ts';
import { connectSocket } from './socket.ts';
import { stayConnected } from './staying.ts';
import { toAddress, toTimes, toTransports, type WatchConnection, type WatchOptions } from './watch-options.ts';
import { watchedBy } from './watched-by.ts';

const connects: Record<Transport, Connect> = {
  websocket: connectSocket,
  sse: connectEventStream,
  polling: connectPolling,
};

/**
 * Watches the one resource that a watch token is for: first its present, or with `after` what came since, then each change, in
 * order and once. It ends when the resource is settled and everything has been said. It connects again for as long as it takes
 * and goes on where it was. It begins when the first change is asked for; leaving the loop closes everything at once.
 *
 * @param url the gateway's, such as `https://pay.example`; `/graphql` is added if it isn't there. In a browser it may be relative.
 * @param token from the mutation that created the resource, or from `createWatchToken`.
 * @throws TokenInvalidError at once: it is no watch token.
 * @throws TypeError at once: `url` or an option can't be used; it says which.
 * @throws WatchError from the iterator, when it is of no use to go on: TOKEN_EXPIRED, TOKEN_REFUSED, NOT_FOUND, CURSOR_INVALID or REFUSED.
 */
export function watchPayment(
  url: string,
  token: string,
  options: WatchOptions = {},
): AsyncIterableIterator<WatchedChange> {
  const address = { url: toAddress(url), token };
  const watched = watchedBy(token);
  const times = toTimes(options);
  const transports = toTransports(options.transports);
  const progress = new Progress(watched.type, options.after);
  const leaving = new AbortController();
  const over = leaving.signal;
  let last: WatchConnection | undefined;

  const end = (error?: Error) => {
    changes.end(error);
    leaving.abort();
  };
  const begin = () =>
    void stayConnected({ transports, times, open, onConnection, onRefused, over }).then(() => end(), end);
  const changes = createQueue<WatchedChange>(begin, end);
  if (options.signal?.aborted) end();
  options.signal?.addEventListener('abort', () => end(), { signal: over });
  return changes.values;

  function open(transport: Transport): Connection {
    const isGlance = transport === 'polling';
    const question = isGlance ? askForGlance(watched) : askForStream(watched, progress.after);
    const tell = (data: unknown) => {
      const change = isGlance ? readSeen(watched.type, data) : readTold(watched.type, data);
      if (change === undefined) return end(new NotFoundError());
      const news = progress.take(change);
      if (news !== undefined) changes.push(news);
      // A stream says itself when everything has been said.
      if (isGlance && progress.isOverWith(change)) end();
    };
    return openConnection(transport, (hear) => connects[transport](address, question, times, hear), tell, over);
  }

  function onConnection(connection: WatchConnection): void {
    const isNews = last?.transport !== connection.transport || last.isConnected !== connection.isConnected;
    last = connection;
    if (isNews && !over.aborted) options.onConnection?.(connection);
  }

  function onRefused(code: string, message: string): void {
    if (!progress.restart(code)) throw toError(code, message, watched.expiresAt);
  }
}

function toError(code: string, message: string, expiresAt: Date): WatchError {
  if (code === 'NOT_FOUND') return new NotFoundError();
  if (code === 'CURSOR_INVALID') return new CursorInvalidError();
  if (code !== 'UNAUTHENTICATED') return new RefusedError(code, message);
  return expiresAt.getTime() <= Date.now() ? new TokenExpiredError(expiresAt) : new TokenRefusedError();
}
