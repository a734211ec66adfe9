import { useCallback, useEffect, useMemo, useState } from 'react';
import { ChartTable } from './chart-table.tsx';
import { shortTime } from './format.ts';
import { useGateway } from './gateway.ts';
import { countByMinute } from './minutes.ts';
import { Notice } from './notice.tsx';
import { isPaid, type PaymentTimes, readPaymentTimes } from './per-minute.ts';
import { Plot } from './plot.tsx';
import type { Problem } from './problem.ts';
import { useNow } from './use-now.ts';

const lines = [{ label: 'Payments', color: '--accent', isBar: true }];

/** Payments that came in, minute by minute over the last hour; new ones are counted as they come. */
export function PaymentsChart() {
  const { client, pulse, clock } = useGateway();
  const [known, setKnown] = useState<PaymentTimes>();
  const [problem, setProblem] = useState<Problem>();
  const now = clock.at(useNow(1_000));

  const read = useCallback(async () => {
    const answer = await readPaymentTimes(client, clock.at(Date.now()));
    setProblem('code' in answer ? answer : undefined);
    if ('times' in answer) setKnown(answer);
  }, [client, clock]);
  useEffect(() => void read(), [read]);
  useEffect(
    () =>
      pulse.listen({
        onGap: () => void read(),
        onChange(change) {
          if (!isPaid(change)) return;
          const time = Date.parse(change.recordedAt);
          setKnown((before) => before && { ...before, times: [time, ...before.times] });
        },
      }),
    [pulse, read],
  );

  const minute = Math.floor(now / 60_000);
  const counts = useMemo(() => countByMinute(known?.times ?? [], minute * 60_000), [known, minute]);
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(...counts.map(({ count }) => count));
  const summary = `Payments per minute over the last hour: ${total} in all, ${most} at most in a minute.`;
  const data = useMemo(
    (): [number[], number[]] => [counts.map(({ at }) => at), counts.map(({ count }) => count)],
    [counts],
  );
  if (problem && !known) return <Notice problem={problem} scope="activity:read" onRetry={() => void read()} />;
  return (
    <section className="chart" aria-labelledby="payments-title">
      <h2 id="payments-title">Payments per minute</h2>
      <p>
        By when this gateway heard that the money had come.
        {known?.since &&
          ` There were so many that those before ${shortTime(new Date(known.since).toISOString())} are not counted.`}
      </p>
      <dl className="figures">
        <div>
          <dt>Last hour</dt>
          <dd>{total.toLocaleString()}</dd>
        </div>
        <div>
          <dt>This minute</dt>
          <dd>{(counts.at(-1)?.count ?? 0).toLocaleString()}</dd>
        </div>
        <div>
          <dt>Busiest minute</dt>
          <dd>{most.toLocaleString()}</dd>
        </div>
      </dl>
      <Plot summary={summary} unit="" lines={lines} data={data} from={minute * 60 - 3_570} to={minute * 60 + 30} />
      <ChartTable
        caption="Payments per minute"
        heads={['Minute', 'Payments']}
        rows={counts
          .toReversed()
          .filter(({ count }) => count > 0)
          .map(({ at, count }) => [shortTime(new Date(at * 1_000).toISOString()), count.toLocaleString()])}
      />
    </section>
  );
}
