/**
 * Loaded before a gateway that is profiled (`npm run bench -- query --profile`): from the first round that counts on, V8 looks twice a
 * millisecond at what runs. At its end the process prints which part of its busy time was whose: a room of the gateway, a package,
 * Node. The time is that of a clock: what waits in the kernel, as writing to a socket may, looks larger than its CPU.
 */
import { type Profiler, Session } from 'node:inspector';
import { printTable } from './figures.ts';

/** The bench asks for CPU before and after each round; the first six are no more than a warm-up. */
const firstThatCounts = 13;
const everyMicroseconds = 500;
/** Of all busy time, in percent; what is less is told together. */
const leastShare = 1;

const session = new Session();
let timesAsked = 0;

process.on('message', ([name]: [string]) => {
  if (name !== 'cpu') return;
  timesAsked += 1;
  if (timesAsked !== firstThatCounts) return;
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: everyMicroseconds });
  session.post('Profiler.start');
});

process.on('exit', () => {
  if (timesAsked < firstThatCounts) return;
  session.post('Profiler.stop', (_error, { profile }) => printShares(profile));
});

function printShares({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): void {
  const partOf = new Map(nodes.map(({ id, callFrame }) => [id, partOfFrame(callFrame)]));
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const part = partOf.get(id) ?? '';
    if (part !== 'idle') times.set(part, (times.get(part) ?? 0) + (timeDeltas[index] ?? 0));
  }
  const busy = [...times.values()].reduce((sum, time) => sum + time, 0);
  const shares = [...times].map(([part, time]) => ({ part, percent: (100 * time) / busy }));
  const told = shares.filter(({ percent }) => percent >= leastShare).sort((a, b) => b.percent - a.percent);
  const rest = 100 - told.reduce((sum, { percent }) => sum + percent, 0);
  const rows = [...told, { part: 'the rest', percent: rest }].map(({ part, percent }) => [part, percent.toFixed(1)]);
  printTable(['of the busy time', '%'], rows);
}

/** Whose a function is. */
function partOfFrame({ functionName, url }: Profiler.ProfileNode['callFrame']): string {
  const [, own] = /\/src\/([^/]+)/.exec(url) ?? [];
  const [, foreign] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (foreign !== undefined) return foreign;
  if (own !== undefined) return `src/${own}`;
  if (url.startsWith('node:')) return 'Node';
  return natives[functionName] ?? (/^write/.test(functionName) ? 'writing to sockets' : 'V8 and the kernel');
}

const natives: Record<string, string> = {
  '(idle)': 'idle',
  '(garbage collector)': 'collecting garbage',
  runMicrotasks: 'promises',
};
