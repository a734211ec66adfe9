import { useCallback, useEffect, useState } from 'react';
import { keyOf } from './activity.ts';
import { ChartTable } from './chart-table.tsx';
import { shortTime } from './format.ts';
import { useGateway } from './gateway.ts';
import { createTally } from './minutes.ts';
import { Notice } from './notice.tsx';
import { isPaid, readPaymentTimes } from './per-minute.ts';
import { Plot } from './plot.tsx';
import type { Problem } from './problem.ts';
import { useNow } from './use-now.ts';

const lines = [{ label: 'Payments', color: '--accent', isBar: true }];

/** Payments that came in, minute by minute over the last hour; new ones are counted within a second. */
export function PaymentsChart() {
  const { client, pulse, clock } = useGateway();
  const [tally] = useState(createTally);
  const [known, setKnown] = useState<{ since: number | undefined }>();
  const [problem, setProblem] = useState<Problem>();
  const now = clock.at(useNow(1_000));

  const read = useCallback(async () => {
    const answer = await readPaymentTimes(client, clock.at(Date.now()));
    setProblem('code' in answer ? answer : undefined);
    if ('code' in answer) return;
    const { times, since } = answer;
    for (const [key, time] of times) tally.tell(key, time);
    if (since !== undefined) tally.forget(since);
    setKnown({ since });
  }, [client, clock, tally]);
  useEffect(() => void read(), [read]);
  useEffect(
    () =>
      pulse.listen({
        onGap: () => void read(),
        onChange: (change) => isPaid(change) && tally.tell(keyOf(change), Date.parse(change.recordedAt)),
      }),
    [pulse, read, tally],
  );

  const minute = Math.floor(now / 60_000);
  const counts = tally.counts(now);
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(...counts.map(({ count }) => count));
  const shown = (figure: number) => (known ? figure.toLocaleString() : '–');
  const summary = known
    ? `Payments per minute over the last hour: ${total} in all, ${most} at most in a minute.`
    : 'Payments per minute: not known yet.';
  const data: [number[], number[]] = [counts.map(({ at }) => at), counts.map(({ count }) => count)];
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
          <dd>{shown(total)}</dd>
        </div>
        <div>
          <dt>This minute</dt>
          <dd>{shown(counts.at(-1)?.count ?? 0)}</dd>
        </div>
        <div>
          <dt>Busiest minute</dt>
          <dd>{shown(most)}</dd>
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
