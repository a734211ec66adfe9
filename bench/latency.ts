/**
 * `npm run bench -- latency`: from commit to socket at 200 changes a second, 1,000 subscribers: from the beginning of the
 * transaction that recorded a change, by the clock of Postgres on the same machine, until its subscriber has read it. Five
 * rounds of five seconds; the deliveries come evenly, whatever becomes of those before.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { bench } from './support/bench.ts';
import { qrPayment } from './support/deliveries.ts';
import { holdTo, median, printResult, printTable } from './support/figures.ts';
import { openStreaming } from './support/streams.ts';
import { subscribeToCodes } from './support/subscribers.ts';

const subscribers = 1_000;
const perSecond = 200;
const secondsPerRound = 5;
const rounds = 5;

await bench(async (scope) => {
  const { telling, databaseUrl, deliver } = await openStreaming(scope, 'itself');
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  scope.after(() => database.end());
  const arrivedAt = new Map<string, number>();
  const listening = await subscribeToCodes(
    scope,
    telling.url,
    subscribers,
    (index) => `static-${index}`,
    (text) => {
      const { payload } = JSON.parse(text) as { payload: { data: { qrCodeChanged: { payment: { id: string } } } } };
      arrivedAt.set(payload.data.qrCodeChanged.payment.id, performance.timeOrigin + performance.now());
    },
  );

  async function measure(round: number): Promise<{ p50: number; p99: number }> {
    arrivedAt.clear();
    const count = perSecond * secondsPerRound;
    const beganAt = performance.now();
    const answers: Promise<unknown>[] = [];
    for (let index = 0; index < count; index += 1) {
      const wait = beganAt + (index * 1_000) / perSecond - performance.now();
      if (wait > 1) await pause(wait);
      const name = `${round}-${index}`;
      answers.push(deliver(1, () => qrPayment(name, `static-${index % subscribers}`)));
    }
    await Promise.all(answers);
    await listening.told(count);
    const { rows } = await database.query<{ cause: string; at: string }>(
      `SELECT "causeId" AS cause, extract(epoch FROM "recordedAt") * 1000 AS at FROM "Change" WHERE type = 'QrCode' AND "causeId" IS NOT NULL`,
    );
    const lags = rows
      .flatMap(({ cause, at }) => (arrivedAt.has(cause) ? [(arrivedAt.get(cause) ?? 0) - Number(at)] : []))
      .sort((a, b) => a - b);
    if (lags.length !== count) throw new Error(`${lags.length} of ${count} were told`);
    return { p50: median(lags), p99: lags[Math.ceil(lags.length * 0.99) - 1] ?? Number.NaN };
  }

  await measure(0);
  const taken: { p50: number; p99: number }[] = [];
  for (let round = 1; round <= rounds; round += 1) taken.push(await measure(round));
  printTable(
    ['round', 'p50, ms', 'p99, ms'],
    taken.map(({ p50, p99 }, index) => [String(index + 1), p50.toFixed(2), p99.toFixed(2)]),
  );
  printResult(holdTo('latency', median(taken.map(({ p50 }) => p50)), 10), [
    holdTo('latency: p99', median(taken.map(({ p99 }) => p99)), 50),
  ]);
});
