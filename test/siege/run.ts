/**
 * `npm run siege -- --minutes 5`: a gateway with a heap of 512 MB does its ordinary work, first alone and then while 20 callers
 * attack it over HTTP, WebSocket and server-sent events, 50 times a second together: what two cores bear that run the attackers
 * and the ordinary callers too. The last line is JSON; exit code 1 where it crashed, took more than 150 MB more, or made ordinary
 * callers wait twice as long. The figures count on a machine that does nothing else.
 */
import { parseArgs } from 'node:util';
import { besiege } from './siege.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    'alone-minutes': { type: 'string' },
    attackers: { type: 'string', default: '20' },
    'attacks-per-second': { type: 'string', default: '50' },
    'operations-per-second': { type: 'string', default: '15' },
  },
});
const minutes = Number(values.minutes);
const mostMoreMb = 150;
const mostRatio = 2;

const tidyings: (() => unknown)[] = [];
const siege = await besiege(
  { after: (tidyUp) => void tidyings.push(tidyUp) },
  {
    minutes,
    aloneMinutes: Number(values['alone-minutes'] ?? Math.min(1, minutes)),
    attackers: Number(values.attackers),
    attacksPerSecond: Number(values['attacks-per-second']),
    operationsPerSecond: Number(values['operations-per-second']),
  },
).finally(async () => {
  for (const tidyUp of tidyings.reverse()) await tidyUp();
});
console.log(JSON.stringify(siege));
const { crashed, rssBeforeMb, rssMaxMb, ratio } = siege;
process.exit(crashed || rssMaxMb - rssBeforeMb > mostMoreMb || !(ratio < mostRatio) ? 1 : 0);
