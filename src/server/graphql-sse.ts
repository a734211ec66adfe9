import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ExecutionArgs, type ExecutionResult, GraphQLError, getOperationAST } from 'graphql';
import type { Context } from '../graphql/context.ts';
import { type OperationRequest, readOperation } from '../graphql/operation.ts';
import type { Connections } from './connections.ts';
import { type GraphQLRoom, writeResult } from './graphql-http.ts';
import { leftBy } from './leaving.ts';
import type { Origins } from './origins.ts';
import { Outbox } from './outbox.ts';

export interface EventStreamOptions {
  /** Bytes that may wait in memory for the client to read. */
  bufferBytes: number;
  /** For a message to leave, in milliseconds; beyond it the client reads too slowly. */
  slowReaderMs: number;
  /** How often something is sent even if nothing happens, in milliseconds, so that no proxy takes the stream for dead. */
  heartbeatMs: number;
  /** A page of another origin is refused. */
  origins: Origins;
}

const retryAfterS = 1;

/**
 * Serves GraphQL as server-sent events at `/graphql/stream`, one operation for each request, as graphql-sse's protocol has it
 * in its mode of distinct connections. A stream that ends without `complete` is one to come back to.
 *
 * The package's own handler isn't used: it takes from a stream as fast as it comes, whether the client reads or not.
 */
export function serveGraphQLOverSse(
  http: FastifyInstance,
  room: GraphQLRoom,
  connections: Connections,
  options: EventStreamOptions,
): void {
  http.route({
    url: '/graphql/stream',
    method: ['GET', 'POST'],
    async handler(request, reply) {
      const refuse = (status: number, code: string, message: string) =>
        reply.code(status).send({ errors: [{ message, extensions: { code, requestId: request.id } }] });
      const { accept, origin, host } = request.headers;
      if (!options.origins.isAllowed(origin, host)) return refuse(403, 'FORBIDDEN', 'This origin is not allowed');
      if (!accept?.includes('text/event-stream')) return refuse(406, 'BAD_REQUEST', 'Accept text/event-stream');
      const asked = readRequest(request);
      if (asked === undefined) return refuse(400, 'BAD_REQUEST', 'Send query, and variables as an object');
      const operation = readOperation(room.schema, asked, room.rules);
      const type = Array.isArray(operation) ? undefined : typeOf(operation);
      if (type === 'mutation' && request.method === 'GET') {
        return refuse.call(reply.header('allow', 'POST'), 405, 'BAD_REQUEST', 'A mutation is sent by POST');
      }
      reply.header('retry-after', retryAfterS);
      if (connections.isDraining()) return refuse(503, 'UNAVAILABLE', 'Going away');
      const stream = new EventStream(reply.raw, options, type !== 'subscription');
      const forget = connections.open(request.raw, () => stream.leave());
      if (forget === undefined) return refuse(429, 'THROTTLED', 'Too many streams from this address');
      void stream.closed.then(forget);
      reply.removeHeader('retry-after').hijack();
      stream.begin(headersOf(reply));
      const context = { ...room.createContext(request.id), left: leftBy(reply.raw) };
      await stream.tell(() => begin(room, operation, context), room, request.id);
      return reply;
    },
  });
}

type Results = AsyncGenerator<ExecutionResult, void, void> | ExecutionResult;

async function begin(
  room: GraphQLRoom,
  operation: ExecutionArgs | GraphQLError[],
  contextValue: Context,
): Promise<Results> {
  if (Array.isArray(operation)) return { errors: operation };
  const whole = { ...operation, contextValue };
  return typeOf(operation) === 'subscription' ? room.subscribe(whole) : room.perform(whole);
}

function typeOf({ document, operationName }: ExecutionArgs): string | undefined {
  return getOperationAST(document, operationName)?.operation;
}

/** One response that stays open. */
class EventStream {
  /** Resolves once the connection is closed, whoever closed it. */
  readonly closed: Promise<void>;
  readonly #response: ServerResponse;
  readonly #options: EventStreamOptions;
  readonly #isFinite: boolean;
  readonly #outbox: Outbox;
  #end: () => void = () => undefined;

  /** @param endsByItself then it is finished before it leaves. */
  constructor(response: ServerResponse, options: EventStreamOptions, endsByItself: boolean) {
    this.#response = response;
    this.#options = options;
    this.#isFinite = endsByItself;
    this.closed = new Promise((resolve) => response.once('close', resolve));
    response.on('error', () => response.destroy());
    this.#outbox = new Outbox({
      write: (text, done) => response.write(text, done),
      pendingBytes: () => response.writableLength,
      maxBytes: options.bufferBytes,
      patienceMs: options.slowReaderMs,
      onSlow: () => response.destroy(),
    });
  }

  begin(headers: Record<string, string>): void {
    const response = this.#response;
    response.shouldKeepAlive = false;
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    // Some browsers see the headers only once something follows.
    void this.#outbox.send(comment);
    const heartbeat = setInterval(() => {
      if (!this.#outbox.isBusy) void this.#outbox.send(comment);
    }, this.#options.heartbeatMs);
    void this.closed.then(() => {
      clearInterval(heartbeat);
      this.#outbox.close();
      this.#end();
    });
  }

  /** Sends each result, pulling the next one when the last has left, and that it was the last. */
  async tell(begin: () => Promise<Results>, { log }: GraphQLRoom, requestId: string): Promise<void> {
    const send = (result: ExecutionResult) =>
      this.#outbox.send(`event: next\ndata: ${writeResult(log, requestId, result)}\n\n`);
    try {
      const results = await begin();
      if (Symbol.asyncIterator in results) {
        this.#end = () => void results.return();
        if (this.#response.closed) this.#end();
        for await (const result of results) if (!(await send(result))) return;
      } else {
        await send(results);
      }
    } catch (error) {
      const fault = error instanceof Error ? error : new Error(String(error));
      await send({ errors: [new GraphQLError(fault.message, { originalError: fault })] });
    }
    await this.#outbox.send('event: complete\ndata:\n\n');
    this.#response.end();
  }

  async leave(): Promise<void> {
    if (!this.#isFinite) {
      this.#outbox.close();
      this.#end();
      this.#response.end();
      const impatience = setTimeout(() => this.#response.destroy(), farewellMs);
      void this.closed.then(() => clearTimeout(impatience));
    }
    await this.closed;
  }
}

const comment = ':\n\n';
/** For what was sent to leave, in milliseconds; a client that is asleep never takes it. */
const farewellMs = 1_000;

function headersOf(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
}

/** Undefined where it is no request at all. */
function readRequest({ method, query, body }: FastifyRequest): OperationRequest | undefined {
  const sent = method === 'GET' ? query : body;
  if (!isObject(sent)) return undefined;
  const variables = method === 'GET' && typeof sent.variables === 'string' ? parse(sent.variables) : sent.variables;
  const operationName = sent.operationName ?? undefined;
  if (typeof sent.query !== 'string' || !(variables == null || isObject(variables))) return undefined;
  if (operationName !== undefined && typeof operationName !== 'string') return undefined;
  return { query: sent.query, operationName, variables: variables ?? undefined };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
