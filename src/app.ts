import type { AddressInfo } from 'node:net';
import { aboutOf, builtPages } from './app/about.ts';
import { cursorSecretOf, openDoor } from './app/door.ts';
import { serveGraphQL } from './app/graphql.ts';
import { openWatchedLedger } from './app/ledger.ts';
import { createMetrics } from './app/metrics.ts';
import { openOutbound } from './app/outbound.ts';
import { openSandbox } from './app/sandbox.ts';
import { startSweeps } from './app/sweeps.ts';
import { openWebhooks } from './app/webhooks.ts';
import { openBus } from './bus/open.ts';
import { xenditApi } from './config/setting.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { createCursors } from './model/cursor.ts';
import type { Sandbox } from './sandbox/server.ts';
import { serveHealth } from './server/health.ts';
import { createHttp } from './server/http.ts';
import { serveMetrics } from './server/metrics.ts';
import { createOrigins } from './server/origins.ts';
import { servePages } from './server/pages.ts';
import { serveWebhooks } from './server/webhooks.ts';
import { createOnce } from './service/once.ts';
import type { Rooms } from './service/rooms.ts';
import { createSingleFlight } from './service/single-flight.ts';
import { openDatabase } from './store/database.ts';
import { openLists } from './store/lists.ts';
import { openOnceKeys } from './store/once-keys.ts';
import { openReads } from './store/reads.ts';
import { openSearch } from './store/search.ts';

/** A running gateway. */
export interface Gateway {
  /** Where it is reached, such as `http://localhost:4000`; GraphQL is at `/graphql` below it. */
  url: string;
  /** Its own; undefined with a key, or when it uses another sandbox. */
  sandbox: Sandbox | undefined;
  /** How many subscriptions are listening for changes. */
  listeners(): number;
  /** How many deliveries were refused since the start, for want of the right callback token. */
  refusals(): number;
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
  const metrics = createMetrics();
  const database = await openDatabase({
    databaseUrl: config.databaseUrl,
    dataDir: config.dataDir,
    poolSize: config.databasePoolSize,
    statementTimeoutMs: config.databaseTimeoutMs,
    waitTimeoutMs: config.databaseWaitTimeoutMs,
  });
  opened.push(() => database.close());

  const server = config.redisUrl === undefined ? 'Postgres' : 'Redis';
  const {
    bus,
    redis,
    close: closeBus,
  } = await openBus({
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
  const outbound = openOutbound(config, log, { bus, redis }, sandbox?.url ?? config.xenditBaseUrl, metrics.xendit);
  opened.push(() => outbound.xendit.close());
  const {
    ledger,
    feed,
    epoch,
    close: closeLedger,
  } = await openWatchedLedger(config, log, database, bus, metrics.ledger);
  opened.push(() => closeLedger());
  const webhooks = openWebhooks(config, log, ledger, metrics.webhooks);
  opened.push(() => webhooks.close());

  const door = await openDoor(config, log);
  opened.push(() => door.auth.close());

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
    isEncrypted: config.publicUrl?.startsWith('https:') ?? false,
  });
  // Kept, since webhooks of the sandbox may still be under way when nothing listens any more.
  let listened: string | undefined;
  const listening = () => {
    listened ??= listeningUrl(config.host, http.server.address() as AddressInfo);
    return listened;
  };
  const onceKeys = openOnceKeys(database);
  // A call that takes longer than its deadline has ended, here or with the process that made it.
  const patienceMs = 2 * config.xenditTimeoutMs;
  const rooms: Rooms = {
    ...outbound,
    ledger,
    reads,
    lists: openLists(database),
    search: openSearch(database),
    feed,
    cursors: createCursors(cursorSecretOf(config), epoch.current),
    onceKeys,
    once: createOnce(onceKeys, patienceMs),
    flights: createSingleFlight(),
    qrApi: config.qrApi,
    reach: config.xenditSecretKey === undefined ? 'NEARBY' : 'INTERNET',
    readMaxAgeMs: config.readMaxAgeMs,
    readAgain: webhooks.readAgain,
    issueWatchToken: door.watchTokens.issue,
    webhookUrl: (account) =>
      `${config.publicUrl ?? listening()}/webhooks/xendit${account === '' ? '' : `/${encodeURIComponent(account)}`}`,
  };

  await serveWebhooks(http, webhooks.room);
  const { connections, stop: stopGraphQL } = await serveGraphQL(config, log, http, {
    door,
    rooms,
    origins,
    redis,
    measures: metrics.graphql,
    patienceMs,
  });
  opened.push(() => stopGraphQL());
  opened.push(() => http.close());
  serveHealth(http, async () => {
    if (connections.isDraining()) throw new Error('stopping');
    await reads.ping();
  });
  if (config.metricsToken !== undefined || config.isOpen) {
    const { refusals } = webhooks;
    const read = metrics.show({ outbound, ledger, database, feed, connections, refusals });
    serveMetrics(http, read, config.metricsToken);
  }
  if (!(await servePages(http, builtPages, config.pages, aboutOf(config)))) {
    log.warn('the pages are not built: npm run generate builds them');
  }
  await http.listen({ port: config.port, host: config.host });
  // Last, so that requests needn't wait for the first of them.
  const stopSweeps = startSweeps(config, log, rooms, database, patienceMs);
  // Together, since each may take long; requests are still answered.
  opened.push(() => Promise.all([connections.drain(config.drainSpreadMs), ...stopSweeps.map((stop) => stop())]));
  if (sandbox !== undefined) sandbox.webhookUrl = rooms.webhookUrl;
  return {
    url: config.publicUrl ?? listening(),
    sandbox,
    listeners: () => feed.listeners(),
    refusals: webhooks.refusals,
  };
}

function listeningUrl(host: string, { port, family, address }: AddressInfo): string {
  const isNearby = ['127.0.0.1', '::1', 'localhost', '0.0.0.0', '::'].includes(host);
  if (isNearby) return `http://localhost:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
