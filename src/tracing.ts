/** `node --import ./src/tracing.ts src/main.ts` sends traces by OTLP over HTTP, as the `OTEL_…` variables say. */
import {
  type Context,
  context,
  DiagLogLevel,
  diag,
  propagation,
  type TextMapGetter,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { readTracing, type TracingConfig } from './config/tracing.ts';
import { ConfigError } from './config.ts';
import { createLog } from './log.ts';

/** As `main.ts` ends where something is wrongly set. */
const misconfigured = 2;

/**
 * Takes over a trace's id from `traceparent`, and nothing else that a stranger may write into it: neither `tracestate` nor baggage.
 * Nothing is passed on, since what goes out goes to Xendit.
 *
 * Source: W3C Trace Context, "traceparent".
 */
const traceparent: TextMapPropagator = {
  fields: () => ['traceparent'],
  inject: () => undefined,
  extract(parent: Context, carrier: unknown, getter: TextMapGetter): Context {
    const header = getter.get(carrier, 'traceparent');
    const [, traceId, spanId, flags] =
      /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})$/.exec(String(header)) ?? [];
    if (traceId === undefined || spanId === undefined || flags === undefined) return parent;
    const traceFlags = Number.parseInt(flags, 16) & 1;
    return trace.setSpanContext(parent, { traceId, spanId, traceFlags, isRemote: true });
  },
};

function samplerOf({ sampler, ratio, isParentBased }: TracingConfig): Sampler {
  const root = { always_on: AlwaysOnSampler, always_off: AlwaysOffSampler }[sampler as 'always_on' | 'always_off'];
  const own = root === undefined ? new TraceIdRatioBasedSampler(ratio) : new root();
  return isParentBased ? new ParentBasedSampler({ root: own }) : own;
}

function start(config: TracingConfig): void {
  const log = createLog('warn').child({ room: 'tracing' });
  const warn = (message: string, ...more: unknown[]) => log.warn({ more }, message);
  diag.setLogger({ error: warn, warn, info: warn, debug: warn, verbose: warn }, DiagLogLevel.WARN);
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'xendit-graphql' }))
    .merge(
      detectResources({
        detectors: [serviceInstanceIdDetector, resourceAttributesEnvDetector, serviceNameEnvDetector],
      }),
    );
  const processor = new BatchSpanProcessor({
    exporter: new OTLPTraceExporter(),
    scheduledDelayMillis: config.scheduleDelayMs,
    exportTimeoutMillis: config.exportTimeoutMs,
    maxQueueSize: config.maxQueueSize,
    maxExportBatchSize: config.maxBatchSize,
  });
  const provider = new TracerProvider({ resource, sampler: samplerOf(config), spanProcessors: [processor] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  if (config.continues) propagation.setGlobalPropagator(traceparent);
  trace.setGlobalTracerProvider(provider);
}

try {
  const config = readTracing(process.env);
  if (config.isOn) start(config);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(misconfigured);
}
