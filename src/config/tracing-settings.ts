import type { Setting } from './setting.ts';

/**
 * What traces are sent by, in the words of OpenTelemetry's specification. They are read by `tracing.ts`, and by the exporter what
 * begins with `OTEL_EXPORTER_OTLP_`.
 */
export const tracingSettings = [
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    default: 'http://localhost:4318',
    meaning:
      'the collector that takes traces, by OTLP over HTTP; the exporter’s other variables hold too, such as `OTEL_EXPORTER_OTLP_HEADERS`',
  },
  { name: 'OTEL_SERVICE_NAME', default: 'xendit-graphql', meaning: 'what the gateway is called there' },
  {
    name: 'OTEL_RESOURCE_ATTRIBUTES',
    default: undefined,
    meaning: 'what else is told of it, such as `deployment.environment.name=live`, separated by commas',
  },
  {
    name: 'OTEL_TRACES_SAMPLER',
    default: 'always_on',
    meaning:
      'which traces are sent: `always_on`, `always_off` or `traceidratio`; with `parentbased_` before it whoever calls decides, if it names a trace',
  },
  { name: 'OTEL_TRACES_SAMPLER_ARG', default: '1', meaning: 'the part of them that `traceidratio` sends, from 0 to 1' },
  {
    name: 'OTEL_PROPAGATORS',
    default: 'tracecontext',
    meaning: 'whether a trace that a request names in `traceparent` goes on here: `tracecontext` or `none`',
  },
  {
    name: 'OTEL_BSP_SCHEDULE_DELAY',
    default: '5000',
    unit: 'ms',
    range: [10, 600_000],
    meaning: 'between two sendings',
  },
  {
    name: 'OTEL_BSP_EXPORT_TIMEOUT',
    default: '30000',
    unit: 'ms',
    range: [10, 600_000],
    meaning: 'for one sending',
  },
  {
    name: 'OTEL_BSP_MAX_QUEUE_SIZE',
    default: '2048',
    unit: 'spans',
    range: [1, 1_000_000],
    meaning: 'that may wait to be sent; beyond it they are dropped',
  },
  {
    name: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
    default: '512',
    unit: 'spans',
    range: [1, 1_000_000],
    meaning: 'in one sending, of those that may wait at most',
  },
  { name: 'OTEL_SDK_DISABLED', default: 'false', meaning: '`true`: no traces, whatever is loaded' },
] as const satisfies readonly Setting[];
