import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import cors from '@fastify/cors';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Log } from '../log.ts';
import { redaction } from '../model/redaction.ts';
import { traceNow } from '../spans.ts';
import type { Origins } from './origins.ts';
import { RequestLog, traceRequests } from './requests.ts';
import { secureHeaders } from './secure-headers.ts';

export interface HttpOptions {
  log: Log;
  /** For a whole request to arrive, in milliseconds. */
  requestTimeoutMs: number;
  /** For its headers alone, in milliseconds. */
  headersTimeoutMs: number;
  /** How often it looks for requests that take longer, in milliseconds. */
  connectionCheckMs: number;
  /** Connections at once at most. */
  maxConnections: number;
  /** The body of a request at most, in bytes, where a route doesn't say otherwise. */
  maxBytes: number;
  /** The pages that may speak to it across origins. */
  origins: Origins;
  /** Whether browsers are told to come by `https:` only. */
  isEncrypted: boolean;
}

/** How long a browser may remember that it was let in, in seconds. */
const preflightMaxAgeS = 600;

/** The one HTTP server. Every error it answers is JSON: `{ code, message, requestId }`. */
export function createHttp(options: HttpOptions): FastifyInstance {
  const { log, requestTimeoutMs, headersTimeoutMs, connectionCheckMs, maxConnections, maxBytes, origins, isEncrypted } =
    options;
  const http = Fastify({
    loggerInstance: quiet(log),
    logController: new RequestLog(),
    genReqId: () => crypto.randomUUID(),
    bodyLimit: maxBytes,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    http: {
      headersTimeout: Math.min(requestTimeoutMs, headersTimeoutMs),
      connectionsCheckingInterval: connectionCheckMs,
    },
    frameworkErrors: (error, request, reply) => answerError(error, request, reply.header('x-request-id', request.id)),
    clientErrorHandler: ({ code }, socket) => {
      if (socket.writable) socket.end(unreadable(code));
    },
  });
  http.server.maxConnections = maxConnections;
  traceRequests(http);
  http.register(cors, {
    // A page of the gateway's own needs no leave.
    origin: (origin, done) => done(null, origin !== undefined && origins.isAllowed(origin, undefined)),
    maxAge: preflightMaxAgeS,
    exposedHeaders: ['x-request-id', 'retry-after'],
  });
  const always = { ...secureHeaders(isEncrypted), 'cache-control': 'no-store' };
  http.addHook('onRequest', (request, reply, done) => {
    reply.headers(always).header('x-request-id', request.id);
    done();
  });
  let isClosing = false;
  const unused = unusedConnections(http.server);
  http.addHook('preClose', async () => {
    isClosing = true;
    for (const socket of unused) socket.destroy();
  });
  http.addHook('onSend', (_request, reply, _payload, done) => {
    // Kept alive after its last answer, a connection would keep the server from closing.
    if (isClosing) reply.header('connection', 'close');
    done();
  });
  http.setNotFoundHandler(({ id, raw }, reply) => {
    const methods = ['GET', 'HEAD', 'POST'].filter((method) => http.hasRoute({ method, url: pathOf(raw) }));
    if (methods.length === 0)
      return reply.code(404).send({ code: 'NOT_FOUND', message: 'There is nothing at this address', requestId: id });
    const message = `This address takes ${methods.join(', ')}`;
    reply.code(405).header('allow', methods.join(', '));
    return reply.send({ code: 'METHOD_NOT_ALLOWED', message, requestId: id });
  });
  http.setErrorHandler(answerError);
  return http;
}

/**
 * Connections by which nothing has been asked yet: clients open some to have them at hand. Node takes none of them for idle, and
 * a server that closes would wait for all of them.
 */
function unusedConnections(server: Server): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  const use = ({ socket }: IncomingMessage) => void unused.delete(socket);
  server.on('request', use).on('upgrade', use);
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  return unused;
}

function answerError(
  error: { statusCode?: number; message: string },
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status >= 500) request.log.error({ err: error }, 'unexpected fault');
  const code = codes[status] ?? (status >= 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST');
  const message = status >= 500 ? 'Internal server error' : redaction.text(error.message);
  return reply.code(status).send({ code, message, requestId: request.id, ...traceNow() });
}

const unreadableStatuses: Record<string, string> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/** The answer to something that is no request, or never becomes one. */
function unreadable(reason: string | undefined): string {
  const status = unreadableStatuses[reason ?? ''] ?? '400 Bad Request';
  const message = 'The request could not be read';
  const body = JSON.stringify({ code: 'BAD_REQUEST', message, requestId: crypto.randomUUID() });
  const headers = `Connection: close\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}`;
  return `HTTP/1.1 ${status}\r\n${headers}\r\n\r\n${body}`;
}

const codes: Record<number, string> = {
  401: 'UNAUTHENTICATED',
  404: 'NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** Each request and its answer is worth a line only to those who debug. */
function quiet(log: Log): FastifyBaseLogger {
  return log.child({ room: 'server' }, { level: log.level === 'info' ? 'warn' : log.level });
}

/** The path of a request, without its query. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}
