import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';
import { createAdmission } from '../graphql/admission.ts';
import { createExecute } from '../graphql/compiling.ts';
import { measurePerform, measureSubscribe } from '../graphql/measuring.ts';
import { createPerforming } from '../graphql/performing.ts';
import { createSchema } from '../graphql/schema.ts';
import { createSharing } from '../graphql/sharing.ts';
import type { Log } from '../log.ts';
import { createAddressOf } from '../server/addresses.ts';
import { createCallers } from '../server/callers.ts';
import { type Connections, createConnections } from '../server/connections.ts';
import { serveGraphQLOverHttp } from '../server/graphql-http.ts';
import type { GraphQLRoom, Measures } from '../server/graphql-room.ts';
import { serveGraphQLOverSse } from '../server/graphql-sse.ts';
import { serveGraphQLOverWebSocket } from '../server/graphql-ws.ts';
import type { Origins } from '../server/origins.ts';
import { type Rates, unlimited } from '../server/rates.ts';
import { createOperations } from '../service/operations.ts';
import type { Rooms } from '../service/rooms.ts';
import { createServices } from '../service/service.ts';
import { restrictTo } from '../service/watched.ts';
import type { Door } from './door.ts';
import { readRules } from './rules.ts';

/** GraphQL on all transports. */
export interface GraphQLServing {
  /** What stays open. */
  connections: Connections;
  /** Lets what is under way finish. */
  stop(): Promise<void>;
}

export interface GraphQLServingOptions {
  door: Door;
  rooms: Rooms;
  origins: Origins;
  /** Where instances count together; of ioredis. */
  redis: unknown;
  measures: Measures;
  /** For the mutations under way when it stops, in milliseconds. */
  patienceMs: number;
}

/** Serves GraphQL over HTTP, WebSocket and server-sent events, to the same callers by the same rules. */
export async function serveGraphQL(
  config: Config,
  log: Log,
  http: FastifyInstance,
  { door, rooms, origins, redis, measures, patienceMs }: GraphQLServingOptions,
): Promise<GraphQLServing> {
  const schema = createSchema();
  const addressOf = createAddressOf(config.trustedProxies);
  const serviceOf = createServices(rooms, createOperations(rooms));
  const connections = createConnections({
    perAddress: config.socketsPerAddress,
    perCaller: config.isOpen ? Number.POSITIVE_INFINITY : config.socketsPerCaller,
    log,
  });
  const rates = config.isOpen ? unlimited : await openRates(config, redis);
  const execute = createExecute();
  const performing = createPerforming(execute, config.operationTimeoutMs);
  const room: GraphQLRoom = {
    schema,
    callers: createCallers(door.auth, rates, addressOf),
    admission: createAdmission(schema, await readRules(config)),
    rates,
    createContext(requestId, { account, watched }) {
      const service = serviceOf(account);
      return {
        service: watched === undefined ? service : restrictTo(service, watched, config.xenditSecretKey === undefined),
        requestId,
        entitlement: JSON.stringify([account, watched?.type, watched?.id]),
      };
    },
    perform: measurePerform(performing.perform, measures.onOperation),
    subscribe: measureSubscribe(createSharing(execute, config.sharedResultMs), measures.onOperation),
    measures,
    log,
  };
  const limits = {
    bufferBytes: config.socketBufferBytes,
    slowReaderMs: config.slowReaderMs,
    heartbeatMs: config.socketHeartbeatMs,
    origins,
  };
  const stopHttp = await serveGraphQLOverHttp(http, room);
  serveGraphQLOverSse(http, room, connections, addressOf, limits);
  serveGraphQLOverWebSocket(http.server, room, connections, addressOf, {
    ...limits,
    maxBytes: config.socketMaxBytes,
    initTimeoutMs: config.socketInitTimeoutMs,
    messagesPerSecond: config.socketMessagesPerSecond,
    subscriptions: config.subscriptionsPerSocket,
  });
  return {
    connections,
    async stop() {
      await stopHttp();
      await performing.finish(patienceMs);
    },
  };
}

async function openRates(config: Config, redis: unknown): Promise<Rates> {
  const { createRates } = await import('../server/counted-rates.ts');
  return createRates({
    operationsPerMinute: config.operationsPerMinute,
    failuresPerMinute: config.wrongProofsPerMinute,
    redis,
    redisTimeoutMs: config.redisTimeoutMs,
    prefix: config.redisPrefix,
  });
}
