import type { Latency } from './latency.ts';
import { LatencyChart } from './latency-chart.tsx';
import { PaymentsChart } from './payments-chart.tsx';

/** How much comes in, and how fast it is told. */
export function ChartsView({ latency }: { latency: Latency }) {
  return (
    <section className="view" aria-labelledby="view-title">
      <div className="view-head">
        <h1 id="view-title">Charts</h1>
      </div>
      <PaymentsChart />
      <LatencyChart latency={latency} />
    </section>
  );
}
