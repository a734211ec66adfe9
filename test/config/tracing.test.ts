import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTracing } from '../../src/config/tracing.ts';
import { ConfigError, type Environment } from '../../src/config.ts';

test('nothing need be set', () => {
  assert.deepEqual(readTracing({ OTEL_TRACES_SAMPLER: ' ' }), {
    isOn: true,
    sampler: 'always_on',
    ratio: 1,
    isParentBased: false,
    continues: true,
    scheduleDelayMs: 5_000,
    exportTimeoutMs: 30_000,
    maxQueueSize: 2_048,
    maxBatchSize: 512,
  });
});

test('the words of OpenTelemetry’s specification are understood', () => {
  const read = readTracing({
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
    OTEL_PROPAGATORS: 'none',
    OTEL_SDK_DISABLED: 'TRUE',
    OTEL_BSP_MAX_QUEUE_SIZE: '100',
  });
  const expected = { sampler: 'traceidratio', ratio: 0.25, isParentBased: true, continues: false, isOn: false };
  assert.partialDeepStrictEqual(read, { ...expected, maxQueueSize: 100, maxBatchSize: 100 });
  assert.equal(readTracing({ OTEL_PROPAGATORS: 'tracecontext,baggage' }).continues, true);
});

const mistakes: [environment: Environment, problem: RegExp][] = [
  [
    { OTEL_TRACES_SAMPLER: 'sometimes' },
    /^OTEL_TRACES_SAMPLER must be one of always_on, always_off, traceidratio, not /,
  ],
  [{ OTEL_TRACES_SAMPLER_ARG: '2' }, /^OTEL_TRACES_SAMPLER_ARG must be a number within 0 and 1/],
  [{ OTEL_PROPAGATORS: 'b3' }, /^OTEL_PROPAGATORS must be one of tracecontext, baggage, none, not "b3"/],
  [{ OTEL_SDK_DISABLED: 'maybe' }, /^OTEL_SDK_DISABLED must be one of false, true/],
  [{ OTEL_BSP_SCHEDULE_DELAY: '5s' }, /^OTEL_BSP_SCHEDULE_DELAY must be a whole number within 10 and 600000/],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' }, /^OTEL_EXPORTER_OTLP_ENDPOINT must be a URL/],
];

for (const [environment, problem] of mistakes) {
  test(`${JSON.stringify(environment)} is a mistake`, () => {
    assert.throws(
      () => readTracing(environment),
      (error) => error instanceof ConfigError && error.problems.length === 1 && problem.test(error.problems.join()),
    );
  });
}
