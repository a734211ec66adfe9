import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import { type Clock, realClock, stoppable } from './clock.ts';
import { createDeliveries } from './deliveries.ts';
import { endpoints } from './endpoints.ts';
import { type Kernel, refuse, serve } from './exchange.ts';
import { createFaults, type Faults } from './faults.ts';
import { ApiError } from './http.ts';
import { createPayer, type Payer } from './payer.ts';
import { openProducts } from './products.ts';
import { createRateLimit } from './rate-limit.ts';
import type { DeliveryRecord, Log, SandboxRecord } from './record.ts';
import type { Send } from './sending.ts';
import type { World } from './world.ts';

export interface SandboxOptions {
  /** 0, the default, picks a free one. */
  port?: number;
  /** Where it listens; 127.0.0.1 by default, and it is meant to stay on loopback. */
  host?: string;
  /** The `x-callback-token` of every webhook, or of each account's; 'sandbox-callback-token' by default. */
  callbackToken?: string | ((account: string) => string);
  /**
   * Where webhooks go that have no URL of their own, as the dashboard says at Xendit: all but those of QR codes v1. Asked at each
   * attempt, with the sub-account, or empty text for the owner of the key. Without one, such webhooks are recorded and not sent.
   */
  webhookUrl?: WebhookUrl;
  /** Per endpoint and account; 60 by default, as Xendit's test mode allows. */
  requestsPerMinute?: number;
  /** The time for timestamps, limits, retries, timeouts and faults; the real one by default. */
  clock?: Clock;
  /** Calls and webhooks that the record holds at most, of each; none are forgotten by default. */
  recordLimit?: number;
  /** Told of every call when it is over, and of every attempt to deliver. */
  onLog?: Log;
}

/** One URL, or one for each account. */
export type WebhookUrl = string | ((account: string) => string | undefined);

/** A running stand-in for Xendit. */
export interface Sandbox {
  /** Such as `http://127.0.0.1:4010`. */
  url: string;
  /** The one it was started with. */
  clock: Clock;
  /** Where webhooks without a URL of their own go; it may be set at any time. */
  webhookUrl: WebhookUrl | undefined;
  /** Does what payers do. */
  payer: Payer;
  /** Sends any event about anything, made up or real, and changes nothing else. */
  send: Send;
  /** What goes wrong, scripted. */
  faults: Faults;
  /** What was received and sent: the oracle for every check on loss and duplicates. */
  record: SandboxRecord;
  /**
   * Sends a webhook once more, now, as the dashboard's resend does. Meets no fault and starts no retries.
   *
   * @throws Error no webhook has that id.
   */
  redeliver(webhookId: string): Promise<DeliveryRecord>;
  /** Resolves when no webhook is in flight. Scheduled retries, delayed and held webhooks don't count. */
  idle(): Promise<void>;
  /** Stops timers, sockets and webhooks in flight. */
  close(): Promise<void>;
}

/**
 * Starts a stateful Xendit, spoken to over real HTTP with any `xnd_development_` key. Its state lives in memory: a restart
 * begins with nothing.
 *
 * @throws Error the port is taken.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, host = '127.0.0.1', callbackToken = 'sandbox-callback-token', requestsPerMinute = 60 } = options;
  const { recordLimit = Number.POSITIVE_INFINITY } = options;
  const log = options.onLog ?? (() => undefined);
  const clock = stoppable(options.clock ?? realClock);
  const record: SandboxRecord = { requests: [], deliveries: [] };
  let webhookUrl = options.webhookUrl;
  const faults = createFaults(endpoints, () => deliveries.releaseHeld());
  const deliveries = createDeliveries({
    clock,
    tokenOf: typeof callbackToken === 'string' ? () => callbackToken : callbackToken,
    faults,
    deliveries: record.deliveries,
    recordLimit,
    log,
  });
  const world: World = {
    clock,
    dashboardUrl: (account) => (typeof webhookUrl === 'function' ? webhookUrl(account) : webhookUrl),
    async post(draft) {
      const webhook = deliveries.prepare(draft);
      await webhook.leave();
      return webhook.id;
    },
  };
  const { routes, send } = openProducts(world);
  const rateLimit = createRateLimit(clock, requestsPerMinute);
  const kernel: Kernel = { clock, rateLimit, faults, deliveries, requests: record.requests, recordLimit, log };

  const server = fastify({
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 10_000 },
    frameworkErrors: (error, request, reply) => refuse(kernel, request, reply, unreadable(error)),
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body));
  server.setErrorHandler<Error>((error, request, reply) => refuse(kernel, request, reply, unreadable(error)));
  server.setNotFoundHandler((request, reply) => refuse(kernel, request, reply, noRoute(request)));
  for (const route of routes) {
    const [method = '', url = ''] = route.endpoint.split(' ');
    server.route({ method, url, handler: (request, reply) => serve(kernel, route, request, reply) });
  }
  await server.listen({ port, host });
  const { family, address, port: boundPort } = server.server.address() as AddressInfo;

  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${boundPort}`,
    clock: options.clock ?? realClock,
    get webhookUrl() {
      return webhookUrl;
    },
    set webhookUrl(url) {
      webhookUrl = url;
    },
    payer: createPayer(world, routes),
    send,
    faults,
    record,
    redeliver: deliveries.redeliver,
    idle: deliveries.idle,
    async close() {
      clock.stop();
      await deliveries.close();
      await server.close();
      await deliveries.idle();
    },
  };
}

function unreadable(error: Error & { statusCode?: number }): ApiError {
  const status = error.statusCode ?? 500;
  return new ApiError(status, status < 500 ? 'API_VALIDATION_ERROR' : 'SERVER_ERROR', error.message);
}

function noRoute({ method, url }: { method: string; url: string }): ApiError {
  return new ApiError(404, 'NOT_FOUND', `There is no ${method} ${url}`);
}
