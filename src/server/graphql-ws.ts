import type { Server } from 'node:http';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { type ServerOptions, WebSocketServer } from 'ws';
import { maskError } from '../graphql/masking.ts';
import { readOperation } from '../graphql/operation.ts';
import { type GraphQLRoom, logFaults } from './graphql-http.ts';
import { pathOf } from './http.ts';
import type { Origins } from './origins.ts';

export interface SocketOptions {
  /** A message at most, in bytes; a larger one closes the socket. */
  maxBytes: number;
  /** For a client to say `connection_init`, in milliseconds. */
  initTimeoutMs: number;
  /** A page of another origin is refused: browsers let any page open a socket. */
  origins: Origins;
}

/** More pieces than any honest client sends one message in. */
const maxFragments = 64;
const goingAway = 1001;
/** For a client to answer that it has understood; one that is asleep never does. */
const farewellMs = 1_000;

/**
 * Serves GraphQL over WebSocket at `/graphql`, by the protocol `graphql-transport-ws`.
 *
 * @returns a function that closes every socket; clients come back by themselves.
 */
export function serveGraphQLOverWebSocket(
  server: Server,
  room: GraphQLRoom,
  options: SocketOptions,
): () => Promise<void> {
  const { schema, createContext, log } = room;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxBytes,
    // Not in the package's types yet.
    maxFragments,
    handleProtocols: (offered) => (offered.has('graphql-transport-ws') ? 'graphql-transport-ws' : false),
  } as ServerOptions);
  server.on('upgrade', (request, socket, head) => {
    if (pathOf(request) !== '/graphql') {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    if (!options.origins.isAllowed(request.headers.origin, request.headers.host)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.emit('connection', webSocket, request);
      // What a client sends wrong is told by the close code; graphql-ws would print it as a fault of ours.
      webSocket.removeAllListeners('error').on('error', (err) => log.debug({ err }, 'a socket failed'));
    });
  });

  const requestIds = new WeakMap<object, string>();
  const requestIdOf = (extra: object): string => {
    const id = requestIds.get(extra) ?? crypto.randomUUID();
    requestIds.set(extra, id);
    return id;
  };
  const mask = (extra: object, errors: readonly (GraphQLError | GraphQLFormattedError)[]): GraphQLFormattedError[] => {
    const requestId = requestIdOf(extra);
    const whole = errors.map((error) =>
      error instanceof GraphQLError ? error : new GraphQLError(error.message, error),
    );
    logFaults(log, requestId, whole);
    return whole.map((error) => maskError(error, requestId));
  };
  const serving = useServer<Record<string, never>>(
    {
      schema,
      connectionInitWaitTimeout: options.initTimeoutMs,
      onSubscribe: (_context, _id, operation) => readOperation(schema, operation),
      context: ({ extra }) => createContext(requestIdOf(extra)),
      onNext: ({ extra }, _id, _payload, _args, { data = null, errors }) =>
        errors === undefined ? undefined : { data, errors: mask(extra, errors) },
      onError: ({ extra }, _id, _payload, errors) => mask(extra, errors),
    },
    sockets,
  );
  return async () => {
    for (const socket of sockets.clients) socket.close(goingAway, 'Going away');
    const impatience = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate();
    }, farewellMs);
    await serving.dispose();
    clearTimeout(impatience);
  };
}
