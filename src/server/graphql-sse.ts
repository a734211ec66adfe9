import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { EndableGenerator } from '../graphql/generator.ts';
import type { Operation } from '../graphql/operation.ts';
import type { Caller } from '../model/caller.ts';
import { endSpanNow, extensionsNow, traceIdNow, traceNow } from '../spans.ts';
import type { AddressOf } from './addresses.ts';
import type { Connections } from './connections.ts';
import { EventStream, type EventStreamLimits, type Results } from './event-stream.ts';
import { readRequest } from './graphql-request.ts';
import { admit, countedAs, type GraphQLRoom, measureLag, writeResult } from './graphql-room.ts';
import { askerOf } from './leaving.ts';
import type { Origins } from './origins.ts';
import { createProving } from './proving.ts';
import { asPartOf } from './requests.ts';
import { Session } from './session.ts';

export interface EventStreamOptions extends EventStreamLimits {
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
  addressOf: AddressOf,
  options: EventStreamOptions,
): void {
  const proving = createProving(room);
  http.route({
    url: '/graphql/stream',
    method: ['GET', 'POST'],
    exposeHeadRoute: false,
    onRequest: proving.onRequest,
    async handler(request, reply) {
      const refuse = (status: number, code: string, message: string) =>
        reply.code(status).send({
          errors: [{ message, extensions: { code, requestId: request.id, ...traceNow() } }],
          ...extensionsNow(),
        });
      const { accept, 'content-type': type } = request.headers;
      const caller = proving.callerOf(request);
      if (!isFromFriend(request, options.origins)) return refuse(403, 'FORBIDDEN', 'This origin is not allowed');
      if (!accept?.includes('text/event-stream')) return refuse(406, 'BAD_REQUEST', 'Accept text/event-stream');
      if (request.method === 'GET' && type !== undefined && !/^application\/json\b/i.test(type))
        return refuse(415, 'UNSUPPORTED_MEDIA_TYPE', 'A GET has no body, so no type of one but application/json');
      const asked = readRequest(request);
      if (asked === undefined) return refuse(400, 'BAD_REQUEST', 'Send query, and variables as an object');
      const operation = await admit(room, asked, caller);
      if (reply.raw.closed) return reply.hijack(); // It left while it was asked who it is.
      const kind = 'document' in operation ? operation.operation.operation : undefined;
      if (kind === 'mutation' && request.method === 'GET') {
        return refuse.call(reply.header('allow', 'POST'), 405, 'BAD_REQUEST', 'A mutation is sent by POST');
      }
      reply.header('retry-after', retryAfterS);
      if (connections.isDraining()) return refuse(503, 'UNAVAILABLE', 'Going away');
      const stream = new EventStream(reply.raw, options, kind !== 'subscription');
      const forget = connections.open('sse', addressOf(request.raw), () => stream.leave());
      if (forget === undefined) return refuse(429, 'THROTTLED', 'Too many streams from this address');
      void stream.closed.then(forget);
      const release = connections.claim(countedAs(caller));
      if (release === undefined) return refuse(429, 'THROTTLED', 'Too many streams of this caller');
      void stream.closed.then(release);
      reply.removeHeader('retry-after').hijack();
      stream.begin(headersOf(reply));
      const since = performance.now();
      const write = (result: ExecutionResult) => {
        const text = asPartOf(request, () => writeResult(room.log, request.id, traceIdNow(), result));
        measureLag(room.measures, since, result);
        return text;
      };
      await stream.tell(() => begin(room, operation, caller, stream, request, reply, write), write);
      return reply;
    },
  });
}

/** A page may ask without saying which it is; then its browser says at least that it is of another site. */
function isFromFriend({ headers }: FastifyRequest, origins: Origins): boolean {
  const { origin, host, 'sec-fetch-site': site } = headers;
  const isNamed = origin !== undefined || site === undefined || site === 'same-origin' || site === 'none';
  return isNamed && origins.isAllowed(origin, host);
}

/** What was asked for begins; a stream goes on for as long as its caller may have it. */
async function begin(
  room: GraphQLRoom,
  operation: Operation | readonly GraphQLError[],
  caller: Caller,
  stream: EventStream,
  { id, headers: { authorization } }: FastifyRequest,
  { raw }: FastifyReply,
  write: (result: ExecutionResult) => string,
): Promise<Results> {
  if (!('document' in operation)) return { errors: operation };
  const asker = askerOf(raw);
  const createContext = () => ({ ...room.createContext(id, caller), asker });
  if (operation.operation.operation !== 'subscription') {
    const result = await room.perform({ ...operation, contextValue: createContext() });
    return { ...result, extensions: { cost: operation.cost } };
  }
  const session = new Session(room.callers, authorization, caller, (reason) => void stream.stop(reason, write));
  void stream.closed.then(() => session.close());
  const results = await room.subscribe(operation, createContext);
  // It may go on for days.
  endSpanNow();
  return Symbol.asyncIterator in results
    ? new WhileAllowed(results, () => room.admission.checkAgain(operation, session.current()))
    : results;
}

/** Results until `check` throws. */
class WhileAllowed<T> extends EndableGenerator<T> {
  readonly #results: AsyncGenerator<T, void, void>;
  readonly #check: () => void;

  constructor(results: AsyncGenerator<T, void, void>, check: () => void) {
    super();
    this.#results = results;
    this.#check = check;
  }

  override async next(): Promise<IteratorResult<T, void>> {
    const result = await this.#results.next();
    try {
      if (!result.done) this.#check();
      return result;
    } catch (error) {
      await this.end();
      throw error;
    }
  }

  protected override async end(): Promise<void> {
    await this.#results.return();
  }
}

function headersOf(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
}
