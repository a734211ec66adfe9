import {
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  ProxyTracerProvider,
  type Span,
  type SpanOptions,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { GatewayError } from './errors.ts';

/** Spans of one piece of work are one trace. Without `--import` of `tracing.ts` there are none, and nothing of this does anything. */
const tracer = trace.getTracer('xendit-graphql');
const noSpan = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

const noProvider = new ProxyTracerProvider().getDelegate();

/** Whether there is anybody to trace for. A span for nobody costs 7 µs, and a query has five. */
export function isTraced(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider && provider.getDelegate() === noProvider);
}

/**
 * Does work within a span. What went wrong is told by its code alone: messages may quote what nobody else shall read.
 *
 * @param name few different ones: methods, paths without ids, names of the contract.
 * @param parent what it is part of; what is under way here, unless told.
 */
export function inSpan<T>(
  name: string,
  options: SpanOptions,
  work: (span: Span) => Promise<T>,
  parent: Context = context.active(),
): Promise<T> {
  if (!isTraced()) return work(noSpan);
  return tracer.startActiveSpan(name, options, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      failSpan(span, error instanceof GatewayError ? error.code : 'INTERNAL_SERVER_ERROR');
      throw error;
    } finally {
      if (span.isRecording()) span.end();
    }
  });
}

/** A span that somebody else ends, of what is under way here or of `parent`. */
export function startSpan(name: string, options: SpanOptions, parent: Context = context.active()): Span {
  if (!isTraced()) return noSpan;
  return tracer.startSpan(name, options, parent);
}

/** Tells that a span's work came to nothing. @param code such as `UNAVAILABLE`. */
export function failSpan(span: Span, code: string): void {
  span.setAttribute('error.type', code).setStatus({ code: SpanStatusCode.ERROR });
}

/** The same work as a part of what is under way here, wherever it is called from. */
export function asPartOfThis<Work extends (...given: never[]) => unknown>(work: Work): Work {
  return context.bind(context.active(), work);
}

/** The trace of what is under way here, in 32 hex digits; undefined without traces. */
export function traceIdNow(): string | undefined {
  return trace.getActiveSpan()?.spanContext().traceId;
}

/** The same to be told beside other things: nothing without traces. */
export function traceNow(): { traceId?: string } {
  const traceId = traceIdNow();
  return traceId === undefined ? {} : { traceId };
}

/** The same as an answer has it: `extensions.traceId`. */
export function extensionsNow(): { extensions?: { traceId: string } } {
  const traceId = traceIdNow();
  return traceId === undefined ? {} : { extensions: { traceId } };
}

/** Ends the span of what is under way here; what follows is still of its trace. */
export function endSpanNow(): void {
  const span = trace.getActiveSpan();
  if (span?.isRecording()) span.end();
}

/** Sends what hasn't been sent, before the process ends. */
export async function flushSpans(): Promise<void> {
  const provider = trace.getTracerProvider();
  const own: object = provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
  if ('forceFlush' in own && typeof own.forceFlush === 'function') await own.forceFlush();
}
