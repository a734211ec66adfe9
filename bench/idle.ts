/**
 * `npm run bench -- idle`: what one subscription that waits keeps in memory, beside a bare connection of `ws`: 5,000 of each, to
 * 5,000 QR codes, after garbage was collected. Each round is a process of its own.
 */
import { bench } from './support/bench.ts';
import { compare, inTurn, printResult, printRounds } from './support/figures.ts';
import type { Program } from './support/program.ts';
import { openStreaming, subscribers } from './support/streams.ts';
import { subscribe, subscribeToCodes } from './support/subscribers.ts';

/** Bytes that the process has more of for each of those who come. */
async function bytesEach(program: Program, connect: (count: number) => Promise<unknown>): Promise<number> {
  // What the first of all need, the later ones don't.
  await connect(subscribers / 10);
  const before = await program.usage();
  await connect(subscribers);
  return ((await program.usage()).memoryBytes - before.memoryBytes) / subscribers;
}

const kilobytes = (measure: () => Promise<number>) => async () => (await measure()) / 1_024;

const rounds = await inTurn(
  kilobytes(() =>
    bench(async (scope) => {
      const { telling } = await openStreaming(scope);
      return bytesEach(telling, (count) => subscribeToCodes(scope, telling.url, count, (index) => `static-${index}`));
    }),
  ),
  kilobytes(() =>
    bench(async (scope) => {
      const broadcaster = await scope.start('broadcaster');
      return bytesEach(broadcaster, (count) =>
        subscribe(scope, broadcaster.url, { count, greetings: () => [], beginnings: 0 }),
      );
    }),
  ),
  { warmUps: 0, rounds: 5 },
);
printRounds('kB per subscription', ['gateway', 'ws'], rounds);
printResult(compare('idle', rounds, 2));
