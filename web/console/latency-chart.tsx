import { useEffect, useSyncExternalStore } from 'react';
import { ChartTable } from './chart-table.tsx';
import { shortTime } from './format.ts';
import { useGateway } from './gateway.ts';
import type { Latency } from './latency.ts';
import { Plot } from './plot.tsx';
import { percentile, stretchesOf } from './stretches.ts';
import { useNow } from './use-now.ts';

const lines = [
  { label: 'p50', color: '--accent' },
  { label: 'p99', color: '--warn' },
];
const shownS = 900;
/** As close as the clocks are compared when the chart is opened, in milliseconds, if so many answers can tell. */
const closeEnoughMs = 25;
const mostAskings = 12;

/** How long a webhook's change took from its commit to this browser. */
export function LatencyChart({ latency }: { latency: Latency }) {
  const { clock } = useGateway();
  const now = Math.floor(useNow(1_000) / 1_000);
  useSyncExternalStore(latency.subscribe, latency.count);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let isSeen = true;
    let askings = 0;
    const compare = () => {
      askings += 1;
      if (clock.error() <= closeEnoughMs || askings > mostAskings || !isSeen) return;
      timer = setTimeout(() => void askClock(clock).then(compare, compare), clock.nextAsking(Date.now()) - Date.now());
    };
    compare();
    return () => {
      isSeen = false;
      clearTimeout(timer);
    };
  }, [clock]);

  const error = latency.errorMs();
  const samples = latency.samples();
  const stretches = stretchesOf(samples);
  const sorted = samples.map(({ tookMs }) => tookMs).sort((x, y) => x - y);
  const data: [number[], number[], number[]] = [
    stretches.map(({ at }) => at),
    stretches.map((one) => one.p50),
    stretches.map((one) => one.p99),
  ];
  const [p50, p99] = [percentile(sorted, 50), percentile(sorted, 99)];
  const shown = (ms: number) => (Number.isNaN(ms) ? '–' : `${Math.round(ms)} ms`);
  const summary =
    sorted.length === 0
      ? 'Webhook to subscriber: nothing measured yet.'
      : `Webhook to subscriber over the last 15 minutes: half within ${shown(p50)}, 99 of 100 within ${shown(p99)}.`;
  return (
    <section className="chart" aria-labelledby="latency-title">
      <h2 id="latency-title">Webhook to subscriber</h2>
      <p>
        From the commit of a webhook’s change to its arrival in this browser, for those that came while this page was
        connected. {Number.isFinite(error) && `The two clocks are compared to ± ${Math.ceil(error)} ms.`}
      </p>
      <dl className="figures">
        <Figure name="p50" color="--accent" value={shown(p50)} />
        <Figure name="p99" color="--warn" value={shown(p99)} />
        <Figure name="Measured" value={sorted.length.toLocaleString()} />
      </dl>
      <Plot summary={summary} unit=" ms" lines={lines} data={data} from={now - shownS} to={now} />
      <ChartTable
        caption="Webhook to subscriber"
        heads={['From', 'p50', 'p99', 'Measured']}
        rows={stretches
          .toReversed()
          .map((one) => [
            shortTime(new Date(one.at * 1_000).toISOString()),
            shown(one.p50),
            shown(one.p99),
            one.count.toLocaleString(),
          ])}
      />
    </section>
  );
}

function Figure({ name, value, color }: { name: string; value: string; color?: string }) {
  return (
    <div>
      <dt>
        {color && <span className="swatch" style={{ background: `var(${color})` }} />}
        {name}
      </dt>
      <dd>{value}</dd>
    </div>
  );
}

async function askClock(clock: ReturnType<typeof useGateway>['clock']): Promise<void> {
  const sentAt = Date.now();
  const answer = await fetch('/about', { method: 'HEAD' });
  clock.hear(sentAt, Date.now(), answer.headers.get('date'));
}
