import { ApolloServer, type ApolloServerOptionsWithGateway, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Admitted } from '../graphql/admission.ts';
import type { Context } from '../graphql/context.ts';
import { maskError } from '../graphql/masking.ts';
import type { Log } from '../log.ts';
import { createMemo } from '../model/memo.ts';
import { redaction } from '../model/redaction.ts';
import { extensionsNow, traceNow } from '../spans.ts';
import { readRequest, setText } from './graphql-request.ts';
import { admit, type GraphQLRoom, logFaults, maskAll } from './graphql-room.ts';
import { askerOf } from './leaving.ts';
import { createProving } from './proving.ts';
import { refuseRequest } from './refusing.ts';

interface HttpContext extends Context {
  /** What was let in before Apollo Server sees the request. */
  admitted: Admitted | undefined;
}

/** How many ways to say `Accept` are remembered. */
const maxKnownTypes = 100;

/**
 * Serves GraphQL over HTTP at `/graphql`. Who is calling is asked before the body is read, and what it asks for is read here:
 * Apollo Server finds each document read already, and has the operation executed by others. What is left for it to say is what
 * becomes of a request that is no POST, and in which form a client would have its answer; of an `Accept` that it has answered
 * before, that is known, and the rest of its work, as much as all else that a query takes, is not needed.
 *
 * @returns a function that lets what is under way finish.
 */
export async function serveGraphQLOverHttp(http: FastifyInstance, room: GraphQLRoom): Promise<() => Promise<void>> {
  const { admission, createContext, perform, log } = room;
  const proving = createProving(room);
  const admitted = createMemo<FastifyRequest, Admitted>();
  const apollo = new ApolloServer<HttpContext>({
    gateway: executedBy(room),
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    persistedQueries: false,
    documentStore: {
      get: async (key) => admission.findDocument(key.slice(-hexOfSha256)),
      set: async () => undefined,
      delete: async () => undefined,
    },
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      // It would put a resolver around each field of the graph.
      ApolloServerPluginCacheControlDisabled(),
      // Of a subgraph it tells, to whoever asks, how its answers were made.
      ApolloServerPluginInlineTraceDisabled(),
      onlyAdmitted(),
      maskErrors(room),
    ],
    logger: log,
  });
  await apollo.start();
  const askApollo = fastifyApolloHandler(apollo, {
    async context(request: FastifyRequest, { raw }: FastifyReply) {
      const context = createContext(request.id, proving.callerOf(request));
      return { ...context, asker: askerOf(raw), admitted: admitted.get(request) };
    },
  });
  const types = new LRUCache<string, string>({ max: maxKnownTypes });
  http.route({
    url: '/graphql',
    method: ['GET', 'POST'],
    exposeHeadRoute: false,
    onRequest: proving.onRequest,
    onSend(request, reply, payload, done) {
      const type = reply.getHeader('content-type');
      const isAnswered = reply.statusCode === 200 && admitted.get(request) !== undefined;
      if (isAnswered && typeof type === 'string') types.set(request.headers.accept ?? '', type);
      const isRefused = reply.statusCode >= 400 && typeof payload === 'string';
      done(null, isRefused ? withRequestId(payload, request.id) : payload);
    },
    async handler(request, reply) {
      const asked = readRequest(request);
      // What is wrong with it is Apollo Server's to say.
      if (asked === undefined) return askApollo.call(http, request, reply);
      const caller = proving.callerOf(request);
      const operation = endsByItself(await admit(room, asked, caller), request.method);
      if (!('document' in operation)) {
        logFaults(log, request.id, operation);
        return refuseRequest(request, reply, operation);
      }
      const type = request.method === 'POST' ? types.get(request.headers.accept ?? '') : undefined;
      if (type === undefined) {
        admitted.set(request, operation);
        setText(request, operation.text);
        return askApollo.call(http, request, reply);
      }
      const contextValue = { ...createContext(request.id, caller), asker: askerOf(reply.raw) };
      const answer = writeAnswer(log, request.id, operation, await perform({ ...operation, contextValue }));
      return reply.type(type).send(answer);
    },
  });
  return () => apollo.stop();
}

const hexOfSha256 = 64;

/** As Apollo Server would have it: the errors first. */
function writeAnswer(log: Log, requestId: string, { cost }: Admitted, { data, errors }: ExecutionResult): string {
  const extensions = { cost, ...traceNow() };
  return JSON.stringify({ ...(errors && { errors: maskAll(log, requestId, errors) }), data, extensions });
}

/** By this Apollo lets others execute what it has read and found to be valid. */
function executedBy({ schema, perform }: GraphQLRoom): ApolloServerOptionsWithGateway<HttpContext>['gateway'] {
  return {
    onSchemaLoadOrUpdate(tell) {
      tell({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => undefined;
    },
    load: async () => ({
      executor: ({ document, operationName, request, context: contextValue }) =>
        perform({ schema, document, operationName, variableValues: request.variables, contextValue }),
    }),
    stop: async () => undefined,
  };
}

/** Apollo refuses some requests before any plugin sees them; their errors get the request's id here, and hide what they quote. */
function withRequestId(payload: string, requestId: string): string {
  const { errors, ...others } = JSON.parse(payload) as { errors?: GraphQLFormattedError[] };
  if (errors === undefined) return payload;
  const told = errors.map((error) => ({
    ...error,
    message: redaction.text(error.message),
    extensions: { ...error.extensions, requestId, ...traceNow() },
  }));
  return JSON.stringify({ ...others, errors: told, ...extensionsNow() });
}

/** Has nothing executed but what was let in, and tells what it comes to. */
function onlyAdmitted(): ApolloServerPlugin<HttpContext> {
  return {
    async requestDidStart({ contextValue: { requestId, admitted } }) {
      let cost: object | undefined;
      return {
        async responseForOperation({ document }) {
          if (admitted?.document === document) {
            cost = admitted.cost;
            return null;
          }
          const errors = [maskError(new GraphQLError('The request could not be read: send it again'), requestId)];
          return {
            http: { status: 400, headers: new HeaderMap() },
            body: { kind: 'single', singleResult: { errors } },
          };
        },
        async willSendResponse({ response: { body } }) {
          const extensions = { ...(cost && { cost }), ...traceNow() };
          if (body.kind === 'single' && Object.keys(extensions).length > 0) body.singleResult.extensions = extensions;
        },
      };
    },
  };
}

/** One answer is all that there is over HTTP. By GET not even that is asked for: Apollo Server says so. */
function endsByItself(read: Admitted | readonly GraphQLError[], method: string): Admitted | readonly GraphQLError[] {
  if (method === 'GET' || !('document' in read) || read.operation.operation !== 'subscription') return read;
  const message = 'A subscription is asked for over WebSocket, or as server-sent events at /graphql/stream';
  return [new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } })];
}

/** Errors leave masked, with the request's id; a fault of ours is logged whole. */
function maskErrors({ log }: GraphQLRoom): ApolloServerPlugin<HttpContext> {
  return {
    async requestDidStart({ contextValue: { requestId } }) {
      return {
        async didEncounterErrors({ errors }) {
          logFaults(log, requestId, errors);
        },
        async willSendResponse({ response, errors }) {
          if (response.body.kind !== 'single' || errors === undefined) return;
          const shown = response.body.singleResult.errors ?? [];
          response.body.singleResult.errors = shown.map((formatted, index) =>
            maskError(errors[index] ?? new GraphQLError(formatted.message, formatted), requestId),
          );
        },
      };
    },
  };
}
