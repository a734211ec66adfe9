import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { settings } from '../src/config/settings.ts';
import { hasPostgres, postgres } from './support/database.ts';
import { startGateway } from './support/gateway.ts';
import { type Metrics, readMetrics } from './support/metrics.ts';
import { sample } from './support/samples.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFile(join(root, path), 'utf8');

/** What an expression of Prometheus has beside metrics and labels. */
const words = new Set(['sum', 'min', 'max', 'rate', 'by', 'histogram_quantile', 'label_values']);
/** Labels that Prometheus adds, and those of histograms. */
const given = ['job', 'instance', 'le'];

/** The words of an expression that name neither a metric nor a label of one. */
function strangersIn(expression: string, { labels }: Metrics): string[] {
  const plain = expression.replaceAll(/"[^"]*"|\$\w+|\[[^\]]*\]/g, '');
  const names = [...plain.matchAll(/[a-z_]\w*/gi)].map(([name]) => name).filter((name) => !words.has(name));
  const known = new Set([...given, ...names.flatMap((name) => [...(labels.get(name) ?? [])])]);
  const metrics = names.filter((name) => labels.has(name));
  assert.ok(metrics.length > 0, expression);
  return names.filter((name) => !labels.has(name) && !known.has(name));
}

test('the dashboard and the alerts ask for metrics and labels that there are', async (t) => {
  if (!(await hasPostgres(t))) return;
  const gateway = await startGateway(t, {}, await postgres(t));
  await gateway.deliver(sample('payment.capture.v3'));
  await gateway.ask('{ paymentRequest(id: "pr-none") { id } }');
  const metrics = await readMetrics(gateway.url);

  const dashboard = await read('operations/grafana-dashboard.json');
  const shown = [...dashboard.matchAll(/"(?:expr|query)": "((?:[^"\\]|\\.)*)"/g)].map(([, text]) =>
    JSON.parse(`"${text}"`),
  );
  const alerts = await read('operations/alerts.yaml');
  const watched = [...alerts.matchAll(/^ +expr: (.+)$/gm)].map(([, text = '']) => text);
  assert.ok(shown.length > 30 && watched.length > 5);
  for (const expression of [...shown.filter((one) => one !== 'prometheus'), ...watched])
    assert.deepEqual(strangersIn(expression, metrics), [], expression);

  const own = [...metrics.labels.keys()].filter((name) => name.startsWith('xendit_graphql_'));
  const wholes = new Set(own.map((name) => name.replace(/_(bucket|sum|count)$/, '')));
  assert.deepEqual(
    [...wholes].filter((name) => !dashboard.includes(name)),
    [],
  );
  assert.deepEqual(strangersIn('sum(rate(up[5m])) + process_cpu_seconds_total{tate="a"}', metrics), ['up', 'tate']);
});

test('the container runs what there is, and knows whether it lives', async (t) => {
  const dockerfile = await read('Dockerfile');
  const names = new Set<string>(settings.map(({ name }) => name));
  const [, variables = ''] = /^ENV (.*)$/m.exec(dockerfile) ?? [];
  const set = variables.split(' ').map((one) => one.split('=')[0] ?? '');
  assert.deepEqual(
    set.filter((name) => !names.has(name)),
    ['NODE_ENV'],
  );
  const [program = ''] = (JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? '[]') as string[]).slice(1);
  await access(join(root, program));
  assert.match(dockerfile, /^USER node$/m);

  const [node, ...check] = JSON.parse(/^HEALTHCHECK .*CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]') as string[];
  assert.equal(node, 'node');
  const isHealthy = (port: string) =>
    promisify(execFile)(process.execPath, check, { env: { PORT: port } }).then(
      () => true,
      () => false,
    );
  const gateway = await startGateway(t);
  const { port } = new URL(gateway.url);
  assert.equal(await isHealthy(port), true);
  await gateway.close();
  assert.equal(await isHealthy(port), false);
});
