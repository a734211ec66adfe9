import { ConfigError, type Environment } from '../config.ts';
import { tracingSettings } from './tracing-settings.ts';

/** How traces are made and sent. */
export interface TracingConfig {
  isOn: boolean;
  sampler: 'always_on' | 'always_off' | 'traceidratio';
  /** The part of all traces that `traceidratio` sends, from 0 to 1. */
  ratio: number;
  /** Whether who calls decides, where it names a trace. */
  isParentBased: boolean;
  /** Whether a trace that a request names goes on here. */
  continues: boolean;
  scheduleDelayMs: number;
  exportTimeoutMs: number;
  maxQueueSize: number;
  maxBatchSize: number;
}

type TracingName = (typeof tracingSettings)[number]['name'];

/**
 * Reads what OpenTelemetry's specification has variables for. An empty one counts as absent.
 *
 * @throws ConfigError naming every mistake at once.
 */
export function readTracing(environment: Environment): TracingConfig {
  const problems: string[] = [];
  const text = (name: TracingName) =>
    environment[name]?.trim() || (tracingSettings.find((one) => one.name === name)?.default ?? '');
  const number = (name: TracingName) => {
    const setting = tracingSettings.find((one) => one.name === name);
    const [least, most] = setting !== undefined && 'range' in setting ? setting.range : [0, 0];
    const value = Number(text(name));
    if (!/^\d+$/.test(text(name)) || value < least || value > most)
      problems.push(`${name} must be a whole number within ${least} and ${most}, not ${JSON.stringify(text(name))}`);
    return value;
  };
  const oneOf = <Word extends string>(name: TracingName, value: string, words: readonly Word[]): Word => {
    const found = words.find((word) => word === value);
    if (found === undefined) problems.push(`${name} must be one of ${words.join(', ')}, not ${JSON.stringify(value)}`);
    return found ?? (words[0] as Word);
  };
  const sampler = text('OTEL_TRACES_SAMPLER');
  const isParentBased = sampler.startsWith('parentbased_');
  const ratio = Number(text('OTEL_TRACES_SAMPLER_ARG'));
  if (!(ratio >= 0 && ratio <= 1)) problems.push('OTEL_TRACES_SAMPLER_ARG must be a number within 0 and 1');
  const endpoint = text('OTEL_EXPORTER_OTLP_ENDPOINT');
  if (!['http:', 'https:'].includes(URL.parse(endpoint)?.protocol ?? ''))
    problems.push('OTEL_EXPORTER_OTLP_ENDPOINT must be a URL that begins with http:// or https://');
  const config: TracingConfig = {
    isOn: oneOf('OTEL_SDK_DISABLED', text('OTEL_SDK_DISABLED').toLowerCase(), ['false', 'true']) === 'false',
    sampler: oneOf('OTEL_TRACES_SAMPLER', sampler.replace(/^parentbased_/, ''), [
      'always_on',
      'always_off',
      'traceidratio',
    ]),
    ratio,
    isParentBased,
    continues: text('OTEL_PROPAGATORS')
      .split(',')
      .map((one) => oneOf('OTEL_PROPAGATORS', one.trim(), ['tracecontext', 'baggage', 'none']))
      .includes('tracecontext'),
    scheduleDelayMs: number('OTEL_BSP_SCHEDULE_DELAY'),
    exportTimeoutMs: number('OTEL_BSP_EXPORT_TIMEOUT'),
    maxQueueSize: number('OTEL_BSP_MAX_QUEUE_SIZE'),
    maxBatchSize: number('OTEL_BSP_MAX_EXPORT_BATCH_SIZE'),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...config, maxBatchSize: Math.min(config.maxBatchSize, config.maxQueueSize) };
}
