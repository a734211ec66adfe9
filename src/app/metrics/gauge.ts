import { Gauge, type Registry } from 'prom-client';

/** One value of a gauge, and its labels. */
export type Reading<Label extends string> = readonly [labels: Record<Label, string>, value: number];

/** What a gauge is called, and what it tells. */
export interface GaugeOptions<Label extends string> {
  name: string;
  help: string;
  labelNames: readonly Label[];
}

/**
 * A gauge that is read when somebody looks. While what it reads can't be had it has no value, and the others have theirs.
 *
 * @param read must be quick, or have an end.
 */
export function readGauge<Label extends string>(
  registry: Registry,
  options: GaugeOptions<Label>,
  read: () => readonly Reading<Label>[] | Promise<readonly Reading<Label>[]>,
): void {
  new Gauge({
    ...options,
    registers: [registry],
    async collect() {
      const readings = await (async () => read())().catch(() => []);
      this.reset();
      // Without labels it would be 0.
      if (options.labelNames.length === 0) this.remove();
      for (const [labels, value] of readings) this.set(labels, value);
    },
  });
}
