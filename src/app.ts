import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Redis } from 'ioredis';
import { openBus } from './bus/open.ts';
import { type Config, xenditApi } from './config.ts';
import { createFeed } from './feed/feed.ts';
import { startTailing } from './feed/tailing.ts';
import { createSchema } from './graphql/schema.ts';
import { createSharing } from './graphql/sharing.ts';
import type { Log } from './log.ts';
import { createCursors } from './model/cursor.ts';
import { type Sandbox, startSandbox } from './sandbox/server.ts';
import { createConnections } from './server/connections.ts';
import { serveGraphQLOverHttp } from './server/graphql-http.ts';
import { serveGraphQLOverSse } from './server/graphql-sse.ts';
import { serveGraphQLOverWebSocket } from './server/graphql-ws.ts';
import { serveHealth } from './server/health.ts';
import { createHttp } from './server/http.ts';
import { createOrigins } from './server/origins.ts';
import { serveWebhooks } from './server/webhooks.ts';
import { createOnce } from './service/once.ts';
import { byName, createOperations } from './service/operations.ts';
import { startPruning } from './service/prune.ts';
import { startReconciling } from './service/reconcile.ts';
import { startRedriving } from './service/redrive.ts';
import type { Rooms } from './service/rooms.ts';
import { createService } from './service/service.ts';
import { startSettling } from './service/settle.ts';
import { createSingleFlight } from './service/single-flight.ts';
import { openDatabase } from './store/database.ts';
import { openDue } from './store/due.ts';
import { openEpoch } from './store/epoch.ts';
import { openInbox } from './store/inbox.ts';
import { openLedger } from './store/ledger.ts';
import { openLists } from './store/lists.ts';
import { openOnceKeys } from './store/once-keys.ts';
import { openPruning } from './store/pruning.ts';
import { openReads } from './store/reads.ts';
import { openSearch } from './store/search.ts';
import { openTail } from './store/tail.ts';
import { knowsEvent } from './webhook/event.ts';
import { readAgain } from './webhook/read-again.ts';
import { receiveWebhook } from './webhook/receive.ts';
import { assertCallbackToken } from './webhook/token.ts';
import { createBreaker } from './xendit/breaker.ts';
import { hearBreakerNews, tellBreakerNews } from './xendit/breaker-hints.ts';
import { type Budget, createBudget } from './xendit/budget.ts';
import { asReconciler, openXendit } from './xendit/client.ts';
import { createSharedBudget } from './xendit/shared-budget.ts';

/** A running gateway. */
export interface Gateway {
  /** Where it is reached, such as `http://localhost:4000`; GraphQL is at `/graphql` below it. */
  url: string;
  /** Its own; undefined with a key, or when it uses another sandbox. */
  sandbox: Sandbox | undefined;
  /** How many subscriptions are listening for changes. */
  listeners(): number;
  /** Finishes what is under way and closes everything, in the reverse order of opening. */
  close(): Promise<void>;
}

/**
 * Builds the whole gateway and starts it.
 *
 * @returns once it takes requests.
 * @throws Error a port or the data folder is taken, or the database can't be reached; whatever was opened is closed again.
 */
export async function createGateway(config: Config, log: Log): Promise<Gateway> {
  const opened: (() => Promise<unknown> | unknown)[] = [];
  const close = async () => {
    for (const closeOne of opened.splice(0).reverse()) await closeOne();
  };
  try {
    return { ...(await open(config, log, opened)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  config: Config,
  log: Log,
  opened: (() => Promise<unknown> | unknown)[],
): Promise<Omit<Gateway, 'close'>> {
  const database = await openDatabase({
    databaseUrl: config.databaseUrl,
    dataDir: config.dataDir,
    poolSize: config.databasePoolSize,
    statementTimeoutMs: config.databaseTimeoutMs,
  });
  opened.push(() => database.close());

  const server = config.redisUrl === undefined ? 'Postgres' : 'Redis';
  const {
    bus,
    redis,
    close: closeBus,
  } = openBus({
    ...config,
    pingMs: config.busPingMs,
    reconnectMaxMs: config.busReconnectMaxMs,
    onAway: (reason) => log.warn({ server, reason }, 'the bus is away: other instances are not heard'),
    onBack: () => log.info({ server }, 'the bus is back'),
  });
  opened.push(() => closeBus());

  const playsXendit = config.xenditSecretKey === undefined && config.xenditBaseUrl === xenditApi;
  const sandbox = playsXendit ? await openSandbox(config, log) : undefined;
  if (sandbox !== undefined) opened.push(() => sandbox.close());
  const budget = openBudget(config, redis, log);
  const baseUrl = sandbox?.url ?? config.xenditBaseUrl;
  const breaker = createBreaker({
    windowMs: config.breakerWindowMs,
    minCalls: config.breakerMinCalls,
    probeAfterMs: config.breakerProbeAfterMs,
    onChange: (operations, state) => log.warn({ operations, state }, 'the breaker to Xendit changed'),
    onNews: tellBreakerNews(baseUrl, (text) => bus.say('breaker', text)),
  });
  bus.hear('breaker', hearBreakerNews(baseUrl, breaker));
  const xendit = openXendit({
    baseUrl,
    secretKey: config.xenditSecretKey ?? sandboxKey,
    timeoutMs: config.xenditTimeoutMs,
    connectTimeoutMs: config.xenditConnectTimeoutMs,
    connections: config.xenditConnections,
    queueTimeoutMs: config.xenditQueueTimeoutMs,
    budget,
    breaker,
  });
  opened.push(() => xendit.close());

  const feed = createFeed();
  opened.push(() => feed.close());
  const epoch = await openEpoch(database);
  const tailing = startTailing(feed, openTail(database), epoch, { pollMs: config.feedPollMs, log });
  opened.push(() => tailing.close());
  const stopHearing = bus.hear('changes', () => tailing.look());
  opened.push(() => stopHearing());
  const ledger = openLedger(database, {
    groupSize: config.ledgerGroupSize,
    groupBytes: config.ledgerGroupBytes,
    queueLimit: config.ledgerQueueLimit,
    queueBytes: config.ledgerQueueBytes,
    timeoutMs: config.ledgerTimeoutMs,
    onCommit: (changed) => {
      feed.wake(changed);
      // What was committed may be released later.
      if (feed.hasActivityListeners()) tailing.look();
      if (changed.length > 0) bus.say('changes');
    },
  });
  opened.push(() => ledger.close());

  const reads = openReads(database);
  const origins = createOrigins({
    allowed: [...config.allowedOrigins, ...(config.publicUrl === undefined ? [] : [config.publicUrl])],
    allowLoopback: config.xenditSecretKey === undefined,
  });
  const http = createHttp({
    log,
    requestTimeoutMs: config.requestTimeoutMs,
    headersTimeoutMs: config.headersTimeoutMs,
    connectionCheckMs: config.connectionCheckMs,
    maxConnections: config.maxConnections,
    maxBytes: config.graphqlMaxBytes,
    origins,
  });
  const listening = () => listeningUrl(config.host, http.server.address() as AddressInfo);
  const onceKeys = openOnceKeys(database);
  // A call that takes longer than its deadline has ended, here or with the process that made it.
  const patienceMs = 2 * config.xenditTimeoutMs;
  const once = createOnce(onceKeys, patienceMs);
  const rooms: Rooms = {
    xendit,
    budget,
    breaker,
    ledger,
    reads,
    lists: openLists(database),
    search: openSearch(database),
    feed,
    cursors: createCursors(config.cursorSecret ?? derivedSecret(config), epoch.current),
    onceKeys,
    once,
    flights: createSingleFlight(),
    qrApi: config.qrApi,
    readMaxAgeMs: config.readMaxAgeMs,
    readAgain: (event) => readAgain(event, config.verifyWebhooks),
    webhookUrl: (account) =>
      `${config.publicUrl ?? listening()}/webhooks/xendit${account === '' ? '' : `/${encodeURIComponent(account)}`}`,
  };

  const operations = createOperations(rooms);

  const connections = createConnections({
    perAddress: config.socketsPerAddress,
    trustedProxies: config.trustedProxies,
    log,
  });
  serveHealth(http, async () => {
    if (connections.isDraining()) throw new Error('stopping');
    await reads.ping();
  });
  await serveWebhooks(http, {
    prove: (token) => assertCallbackToken(config.callbackTokens, token),
    receive: (delivery) =>
      receiveWebhook({ callbackTokens: config.callbackTokens, verifies: config.verifyWebhooks, ledger }, delivery),
    maxBytes: config.webhookMaxBytes,
  });
  const graphql = {
    schema: createSchema(),
    createContext: (requestId: string) => ({
      service: createService(rooms, operations, owner),
      requestId,
      entitlement: owner,
    }),
    subscribe: createSharing(config.sharedResultMs),
    log,
  };
  const stopGraphQL = await serveGraphQLOverHttp(http, graphql);
  opened.push(() => stopGraphQL());
  opened.push(() => http.close());
  const limits = {
    bufferBytes: config.socketBufferBytes,
    slowReaderMs: config.slowReaderMs,
    heartbeatMs: config.socketHeartbeatMs,
    origins,
  };
  serveGraphQLOverSse(http, graphql, connections, limits);
  serveGraphQLOverWebSocket(http.server, graphql, connections, {
    ...limits,
    maxBytes: config.socketMaxBytes,
    initTimeoutMs: config.socketInitTimeoutMs,
    messagesPerSecond: config.socketMessagesPerSecond,
    subscriptions: config.subscriptionsPerSocket,
  });
  // With flights of its own: callers don't join the reconciler, whose smaller share of the budget may refuse it.
  const sweeping = createOperations({ ...rooms, xendit: asReconciler(xendit), flights: createSingleFlight() });
  const stopSettling = startSettling(once, onceKeys, byName(sweeping), {
    everyMs: config.settleEveryMs,
    patienceMs,
    keepMs: config.onceKeyMaxAgeMs,
    log,
  });
  const stopReconciling = startReconciling(rooms, openDue(database), {
    everyMs: config.reconcileEveryMs,
    batchSize: config.reconcileBatchSize,
    log,
  });
  const stopRedriving = startRedriving(rooms, openInbox(database), knowsEvent, {
    everyMs: config.redriveEveryMs,
    batchSize: config.redriveBatchSize,
    attempts: config.redriveAttempts,
    pauseMs: config.redrivePauseMs,
    log,
  });
  const pruning = openPruning(database, {
    changeMaxAgeMs: config.changeMaxAgeMs,
    webhookMaxAgeMs: config.webhookMaxAgeMs,
    batchSize: config.pruneBatchSize,
  });
  const stopPruning = startPruning(pruning, { everyMs: config.pruneEveryMs, log });
  // Together, since each may take long; requests are still answered.
  opened.push(() =>
    Promise.all([
      connections.drain(config.drainSpreadMs),
      stopSettling(),
      stopReconciling(),
      stopRedriving(),
      stopPruning(),
    ]),
  );
  await http.listen({ port: config.port, host: config.host });
  if (sandbox !== undefined) sandbox.webhookUrl = rooms.webhookUrl;
  return { url: config.publicUrl ?? listening(), sandbox, listeners: () => feed.listeners() };
}

function openBudget(config: Config, redis: Redis | undefined, log: Log): Budget {
  const { xenditRequestsPerMinute: requestsPerMinute, reconcileShare, redisPrefix: prefix, redisTimeoutMs } = config;
  const limits = { requestsPerMinute, shareForReconciling: reconcileShare / 100 };
  if (redis === undefined) return createBudget(limits);
  const onFault = (reason: string) => log.warn({ reason }, 'this instance counts its calls to Xendit for itself');
  return createSharedBudget({ ...limits, redis, prefix, timeoutMs: redisTimeoutMs, onFault });
}

/** The account of the owner of the secret key. */
const owner = '';

/** Any such key opens the sandbox. */
const sandboxKey = 'xnd_development_sandbox';

/** Calls and webhooks that the sandbox remembers, for whoever looks into what it did. */
const sandboxRecordLimit = 1_000;

/**
 * Starts a stand-in Xendit at `sandboxPort`. It delivers to `sandboxWebhookUrls` by turns, until it is told another address.
 *
 * @param host where it listens; loopback unless told.
 * @throws Error the port is taken.
 */
export function openSandbox(
  { sandboxPort, sandboxWebhookUrls, callbackTokens: [callbackToken] }: Config,
  log: Log,
  host?: string,
): Promise<Sandbox> {
  let turn = 0;
  return startSandbox({
    port: sandboxPort,
    ...(host !== undefined && { host }),
    webhookUrl: (account) => {
      const url = sandboxWebhookUrls[turn++ % sandboxWebhookUrls.length];
      return url === undefined || account === '' ? url : `${url}/${encodeURIComponent(account)}`;
    },
    recordLimit: sandboxRecordLimit,
    onLog: ({ kind, ...line }) => {
      const isRefused = kind === 'delivery' && 'isAcknowledged' in line && !line.isAcknowledged;
      if (isRefused) log.warn(line, 'the sandbox could not deliver a webhook; it tries again as Xendit does');
      else log.debug(line, `sandbox ${kind}`);
    },
    ...(callbackToken === undefined ? {} : { callbackToken }),
  });
}

/** The same on every instance with the same key. */
function derivedSecret({ xenditSecretKey = 'sandbox' }: Config): string {
  return createHash('sha256').update(`cursors of ${xenditSecretKey}`).digest('hex');
}

function listeningUrl(host: string, { port, family, address }: AddressInfo): string {
  const isNearby = ['127.0.0.1', '::1', 'localhost', '0.0.0.0', '::'].includes(host);
  if (isNearby) return `http://localhost:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
