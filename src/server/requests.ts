import type { IncomingHttpHeaders } from 'node:http';
import { type Context, context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import { createMemo } from '../model/memo.ts';
import { failSpan, isTraced, startSpan } from '../spans.ts';

/**
 * Which trace whoever asks says that it is part of. A stranger may say so too: its id is taken over, and nothing else; what is
 * sampled is decided here, unless `OTEL_TRACES_SAMPLER` leaves it to whoever asks.
 */
export function traceOf(headers: IncomingHttpHeaders): Context {
  return propagation.extract(ROOT_CONTEXT, headers);
}

/** Each request's own, with its span. */
const contexts = createMemo<FastifyRequest, Context>();

/** Does something as part of a request, wherever it is called from. */
export function asPartOf<T>(request: FastifyRequest, work: () => T): T {
  return context.with(contexts.get(request) ?? ROOT_CONTEXT, work);
}

/** Makes a span of each request; whatever is done for it is part of that. */
export function traceRequests(http: FastifyInstance): void {
  http.addHook('onRequest', (request, reply, done) => {
    if (!isTraced()) {
      request.log.info({ req: request }, 'incoming request');
      return done();
    }
    const parent = traceOf(request.headers);
    const route = routeOf(request);
    const attributes = { 'http.request.method': request.method, ...(route !== undefined && { 'http.route': route }) };
    const name = route === undefined ? request.method : `${request.method} ${route}`;
    const span = startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
    contexts.set(request, trace.setSpan(parent, span));
    reply.raw.once('close', () => {
      if (!span.isRecording()) return;
      span.setAttribute('http.response.status_code', reply.raw.statusCode);
      if (reply.raw.statusCode >= 500) failSpan(span, String(reply.raw.statusCode));
      span.end();
    });
    asPartOf(request, () => {
      request.log.info({ req: request }, 'incoming request');
      done();
    });
  });
}

/** Without what an address may be made of. */
function routeOf({ routeOptions: { url } }: FastifyRequest): string | undefined {
  return url?.replace(/\(.*\)/, '');
}

/** A request's beginning is told once it has a span. */
export class RequestLog extends LogController {
  override incomingRequest(): void {}
}
