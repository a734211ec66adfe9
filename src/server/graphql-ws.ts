import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError } from 'graphql';
import { makeServer, type Server as ProtocolServer } from 'graphql-ws';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { GatewayError } from '../errors.ts';
import type { Context } from '../graphql/context.ts';
import type { Operation } from '../graphql/operation.ts';
import type { SharedResult } from '../graphql/shared-result.ts';
import type { Caller } from '../model/caller.ts';
import { asPartOfThis, endSpanNow, traceIdNow, traceNow } from '../spans.ts';
import type { AddressOf } from './addresses.ts';
import type { Connections } from './connections.ts';
import { admit, countedAs, type GraphQLRoom, maskAll, measureLag, writeResult } from './graphql-room.ts';
import { forbidden, GraphQLSocket, goingAway, type SocketLimits, tryAgainLater } from './graphql-socket.ts';
import { pathOf } from './http.ts';
import type { Origins } from './origins.ts';
import { Session } from './session.ts';
import { Telling } from './telling.ts';

export interface SocketOptions extends SocketLimits {
  /** For a client to say `connection_init`, in milliseconds. */
  initTimeoutMs: number;
  /** Operations at once on one socket at most; another is refused. */
  subscriptions: number;
  /** A page of another origin is refused: browsers let any page open a socket. */
  origins: Origins;
}

/** More pieces than any honest client sends one message in, as frames and as they come from the network. */
const maxFragments = 64;
const maxBufferedChunks = 1_024;

/** Serves GraphQL over WebSocket at `/graphql`, by the protocol `graphql-transport-ws`. */
export function serveGraphQLOverWebSocket(
  server: Server,
  room: GraphQLRoom,
  connections: Connections,
  addressOf: AddressOf,
  options: SocketOptions,
): void {
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: options.maxBytes,
    handleProtocols: (offered) => (offered.has('graphql-transport-ws') ? 'graphql-transport-ws' : false),
    // Not in the package's types yet.
    ...{ maxFragments, maxBufferedChunks },
  } satisfies ServerOptions);
  const protocol = speakProtocol(room, connections, options);
  // A function of its own, so that a socket keeps nothing of the request that it came by.
  const open = (webSocket: WebSocket, connection: Duplex, request: IncomingMessage) => {
    const own = new GraphQLSocket(webSocket, connection, request, room.log, options, connections.isDraining);
    // A client that is refused before the upgrade believes that it never may come back.
    if (connections.isDraining()) return own.close(goingAway, 'Going away');
    const forget = connections.open('websocket', addressOf(request), () => own.leave());
    if (forget === undefined) return own.close(tryAgainLater, 'Too many sockets from this address');
    own.onClosed(forget);
    own.serve(protocol);
  };
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', destroyOnError);
    if (pathOf(request) !== '/graphql') return refuse(socket, '404 Not Found');
    if (!options.origins.isAllowed(request.headers.origin, request.headers.host))
      return refuse(socket, '403 Forbidden');
    sockets.handleUpgrade(request, socket, head, (webSocket) => open(webSocket, socket, request));
  });
}

function destroyOnError(this: Duplex): void {
  this.destroy();
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

function speakProtocol(
  room: GraphQLRoom,
  connections: Connections,
  options: SocketOptions,
): ProtocolServer<GraphQLSocket> {
  const { schema, log } = room;
  return makeServer<Record<string, unknown>, GraphQLSocket>({
    schema,
    connectionInitWaitTimeout: options.initTimeoutMs,
    onConnect: ({ extra, connectionParams }) => letIn(room, connections, extra, connectionParams),
    context: ({ extra }, id) => contextsOf(room, extra, id),
    async onSubscribe({ extra, subscriptions }, id, request) {
      if (Object.keys(subscriptions).length > options.subscriptions) return [tooMany(options.subscriptions)];
      const operation = await admit(room, request, extra.caller());
      if ('document' in operation && operation.operation.operation !== 'subscription') extra.operations.markFinite(id);
      return operation;
    },
    execute: (args) => room.perform({ ...args, contextValue: (args.contextValue as Contexts)() }),
    subscribe: ({ contextValue, ...args }) => room.subscribe(args, contextValue as Contexts),
    onOperation({ extra }, id, _request, args, result) {
      if (!(Symbol.asyncIterator in result)) return;
      const results = result as AsyncGenerator<SharedResult, void, void>;
      extra.operations.markBegun(id);
      // It may go on for days.
      endSpanNow();
      const since = performance.now();
      const traceId = traceIdNow();
      let allowed: Caller | undefined;
      const tell = (one: SharedResult) => {
        const caller = extra.caller();
        // Whoever may do something else by now is somebody else.
        if (caller !== allowed) room.admission.checkAgain(args as Operation, caller);
        allowed = caller;
        const text = writeResult(log, extra.requestId, traceId, one);
        measureLag(room.measures, since, one);
        return extra.tell(id, text);
      };
      // graphql-ws would write each message anew for each socket. It is woken outside its trace.
      return new Telling(results, asPartOfThis(tell));
    },
    onNext: ({ extra }, _id, _request, args, { data = null, errors }) => ({
      data,
      ...(errors !== undefined && { errors: maskAll(log, extra.requestId, errors) }),
      extensions: { cost: (args as Operation).cost, ...traceNow() },
    }),
    onError: ({ extra }, _id, _request, errors) => maskAll(log, extra.requestId, errors),
  });
}

/** Makes the context of an operation, and that of each message of a stream. */
type Contexts = () => Context;

function contextsOf({ createContext }: GraphQLRoom, socket: GraphQLSocket, id: string): Contexts {
  const caller = socket.caller();
  return () => ({ ...createContext(socket.requestId, caller), asker: socket.operations.askerOf(id) });
}

/** Asks who it is. @returns false for a stranger, whose socket is closed with 4403. */
async function letIn(
  { callers, log }: GraphQLRoom,
  connections: Connections,
  socket: GraphQLSocket,
  parameters: Record<string, unknown> | undefined,
): Promise<boolean> {
  const { request } = socket;
  if (request === undefined) return false;
  const given = Object.entries(parameters ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  const authorization = typeof given === 'string' ? given : request.headers.authorization;
  try {
    const caller = await callers.identify(authorization, request);
    const forget = connections.claim(countedAs(caller));
    if (forget === undefined) {
      socket.close(tryAgainLater, 'Too many sockets of this caller');
      return false;
    }
    socket.onClosed(forget);
    socket.begin(new Session(callers, authorization, caller, () => socket.close(forbidden, 'Forbidden')));
    return true;
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'UNAUTHENTICATED') return false;
    // Whoever tries often shall not fill the log; that the key set is away is told where it is fetched.
    if (error instanceof GatewayError)
      log.debug({ requestId: socket.requestId, code: error.code }, 'who is calling can not be told now');
    else log.error({ requestId: socket.requestId, err: error }, 'who is calling can not be told');
    socket.close(tryAgainLater, 'Try again later');
    return false;
  }
}

function tooMany(most: number): GraphQLError {
  return new GraphQLError(`Too many operations on one socket: at most ${most} at once`, {
    extensions: { code: 'THROTTLED' },
  });
}
