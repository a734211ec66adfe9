import { ApolloServer, type ApolloServerOptionsWithGateway, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Context } from '../graphql/context.ts';
import { maskError } from '../graphql/masking.ts';
import type { Operation } from '../graphql/operation.ts';
import type { Caller } from '../model/caller.ts';
import { redaction } from '../model/redaction.ts';
import { readRequest, setText } from './graphql-request.ts';
import { counted, type GraphQLRoom, logFaults, maskAll } from './graphql-room.ts';
import { leftBy } from './leaving.ts';
import { createProving } from './proving.ts';
import { headOf, refuseRequest } from './refusing.ts';

interface HttpContext extends Context {
  caller: Caller;
}

/**
 * Serves GraphQL over HTTP at `/graphql`. Who is calling is asked before the body is read, and what it asks for is read here:
 * Apollo Server finds each document read already, and has the operation executed by others.
 *
 * @returns a function that lets what is under way finish.
 */
export async function serveGraphQLOverHttp(http: FastifyInstance, room: GraphQLRoom): Promise<() => Promise<void>> {
  const { admission, createContext, log } = room;
  const proving = createProving(room);
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
    plugins: [ApolloServerPluginLandingPageDisabled(), admitAll(room), maskErrors(room)],
    logger: log,
  });
  await apollo.start();
  http.route({
    url: '/graphql',
    method: ['GET', 'POST'],
    exposeHeadRoute: false,
    onRequest: proving.onRequest,
    async preHandler(request, reply) {
      const asked = readRequest(request);
      if (asked === undefined) return; // What is wrong with it is Apollo Server's to say.
      const read = admission.readDocument(asked);
      if (!('document' in read)) return refuseRequest(request, reply, read);
      setText(request, read.text);
    },
    onSend: async ({ id }, reply, payload) =>
      reply.statusCode >= 400 && typeof payload === 'string' ? withRequestId(payload, id) : payload,
    handler: fastifyApolloHandler(apollo, {
      async context(request: FastifyRequest, { raw }: FastifyReply) {
        const caller = proving.callerOf(request);
        return { ...createContext(request.id, caller), left: leftBy(raw), caller };
      },
    }),
  });
  return () => apollo.stop();
}

const hexOfSha256 = 64;

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
    extensions: { ...error.extensions, requestId },
  }));
  return JSON.stringify({ ...others, errors: told });
}

/** Lets an operation in or answers why not, and tells what it comes to. */
function admitAll({ admission, rates, log }: GraphQLRoom): ApolloServerPlugin<HttpContext> {
  return {
    async requestDidStart({ contextValue: { requestId, caller } }) {
      let cost: object | undefined;
      return {
        async responseForOperation({ source, request: { operationName, variables } }) {
          // Read again, which costs nothing, so that no way round the first reading is a way round the rules.
          const read = endsByItself(admission.read({ query: source, operationName, variables }, caller));
          const operation = 'document' in read ? await counted(rates, read, caller) : read;
          if ('document' in operation) {
            cost = operation.cost;
            return null;
          }
          const { status, headers } = headOf(operation[0] ?? new GraphQLError('Nothing is executed'));
          const errors = maskAll(log, requestId, operation);
          return {
            http: { status, headers: new HeaderMap(Object.entries(headers)) },
            body: { kind: 'single', singleResult: { errors } },
          };
        },
        async willSendResponse({ response: { body } }) {
          if (body.kind === 'single' && cost !== undefined) body.singleResult.extensions = { cost };
        },
      };
    },
  };
}

/** One answer is all that there is over HTTP. */
function endsByItself(read: Operation | readonly GraphQLError[]): Operation | readonly GraphQLError[] {
  if (!('document' in read) || read.operation.operation !== 'subscription') return read;
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
