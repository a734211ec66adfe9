import { ApolloServer, type ApolloServerOptionsWithGateway, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import { type ExecutionResult, GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import type { Context } from '../graphql/context.ts';
import type { OperationRules } from '../graphql/limits/rules.ts';
import { faultOf, maskError } from '../graphql/masking.ts';
import type { Perform } from '../graphql/performing.ts';
import { SharedResult, type Subscribe } from '../graphql/sharing.ts';
import type { Log } from '../log.ts';
import { leftBy } from './leaving.ts';

/** What GraphQL over any transport stands on. */
export interface GraphQLRoom {
  schema: GraphQLSchema;
  /** What an operation may ask for. */
  rules: OperationRules;
  createContext(requestId: string): Context;
  /** What executes queries and mutations. */
  perform: Perform;
  /** What opens a stream. */
  subscribe: Subscribe;
  log: Log;
}

/**
 * Serves GraphQL over HTTP at `/graphql`.
 *
 * @returns a function that lets what is under way finish.
 */
export async function serveGraphQLOverHttp(
  http: FastifyInstance,
  { schema, createContext, perform, log }: Omit<GraphQLRoom, 'subscribe'>,
): Promise<() => Promise<void>> {
  const apollo = new ApolloServer<Context>({
    gateway: executedBy(schema, perform),
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    plugins: [ApolloServerPluginLandingPageDisabled(), maskErrors(log)],
    logger: log,
  });
  await apollo.start();
  http.route({
    url: '/graphql',
    method: ['GET', 'POST'],
    onSend: async ({ id }, reply, payload) =>
      reply.statusCode >= 400 && typeof payload === 'string' ? withRequestId(payload, id) : payload,
    handler: fastifyApolloHandler(apollo, {
      context: async ({ id }, { raw }) => ({ ...createContext(id), left: leftBy(raw) }),
    }),
  });
  return () => apollo.stop();
}

/** By this Apollo lets others execute what it has read and found to be valid. */
function executedBy(schema: GraphQLSchema, perform: Perform): ApolloServerOptionsWithGateway<Context>['gateway'] {
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

/** Apollo refuses some requests before any plugin sees them; their errors get the request's id here. */
function withRequestId(payload: string, requestId: string): string {
  const { errors, ...others } = JSON.parse(payload) as { errors?: GraphQLFormattedError[] };
  if (errors === undefined) return payload;
  const told = errors.map((error) => ({ ...error, extensions: { ...error.extensions, requestId } }));
  return JSON.stringify({ ...others, errors: told });
}

/** Errors leave masked, with the request's id; a fault of ours is logged whole. */
function maskErrors(log: Log): ApolloServerPlugin<Context> {
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

/** Logs whole what callers only hear the happening of. */
export function logFaults(log: Log, requestId: string, errors: readonly GraphQLError[]): void {
  for (const error of errors) {
    const fault = faultOf(error);
    if (fault !== undefined) log.error({ requestId, path: error.path, err: fault }, 'a resolver failed');
  }
}

/** Errors as a stream's subscriber may see them; what is a fault of ours is logged whole. */
export function maskAll(
  log: Log,
  requestId: string,
  errors: readonly (GraphQLError | GraphQLFormattedError)[],
): GraphQLFormattedError[] {
  const whole = errors.map((error) => (error instanceof GraphQLError ? error : new GraphQLError(error.message, error)));
  logFaults(log, requestId, whole);
  return whole.map((error) => maskError(error, requestId));
}

/** A result as its subscriber is told it, in JSON: written once for all, unless something went wrong. */
export function writeResult(log: Log, requestId: string, result: ExecutionResult): string {
  const { data = null, errors } = result;
  if (errors !== undefined) return JSON.stringify({ data, errors: maskAll(log, requestId, errors) });
  return result instanceof SharedResult ? result.json : JSON.stringify({ data });
}
