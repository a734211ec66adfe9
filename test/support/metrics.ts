import assert from 'node:assert/strict';

/** What `/metrics` tells at one moment. */
export interface Metrics {
  /** By each name that Prometheus knows, those of a histogram's parts too, the names of its labels, as far as it has values. */
  labels: Map<string, Set<string>>;
  /** A value by its name and labels, such as `up{job="a"}`; undefined where there is none. */
  value(series: string): number | undefined;
}

export async function readMetrics(url: string): Promise<Metrics> {
  const answer = await fetch(`${url}/metrics`);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  const text = await answer.text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const values = new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
  const labels = new Map<string, Set<string>>();
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    const parts = type === 'histogram' || type === 'summary' ? ['_bucket', '_sum', '_count'] : [''];
    for (const part of parts) labels.set(name + part, new Set());
  }
  for (const series of values.keys()) {
    const own = labels.get(series.replace(/\{.*/, ''));
    for (const [, label = ''] of series.matchAll(/[{,](\w+)=/g)) own?.add(label);
  }
  return { labels, value: (series) => values.get(series) };
}
