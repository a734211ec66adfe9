/**
 * `npm run chaos -- --seed N --minutes M`: gateways under load while things break, and then the question whether every promise
 * was kept. `--only "stop Redis" --last-for 30` meets that fault alone, for 30 seconds each time. The last line is JSON; exit code 1 where one was broken, and then the evidence is kept.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Cluster, callbackToken, startCluster } from '../cluster/cluster.ts';
import { check, type Finding, latency } from './checker.ts';
import { createDice } from './dice.ts';
import type { Evidence } from './evidence.ts';
import { type Faults, faultNames, startFaults } from './faults.ts';
import { whenAcknowledged, whenQuiet } from './quiet.ts';
import { startSender } from './sender.ts';
import { spreadAfterDrains } from './spread.ts';
import { createStories } from './stories.ts';
import { chooser } from './subjects.ts';
import { startSubscriber } from './subscriber.ts';
import { readTables } from './tables.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '3' },
    instances: { type: 'string', default: '2' },
    subscribers: { type: 'string', default: '300' },
    rate: { type: 'string', default: '100' },
    only: { type: 'string', multiple: true, default: [] },
    'last-for': { type: 'string' },
    'without-faults': { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});
const [minutes, instances, subscriberCount, perSecond] = [
  values.minutes,
  values.instances,
  values.subscribers,
  values.rate,
].map(Number) as [number, number, number, number];

const drainWithinMs = 15_000;
const shown = 20;

const unknown = values.only.find((one) => !faultNames.includes(one));
if (unknown !== undefined) {
  console.error(`There is no fault "${unknown}": there are ${faultNames.join(', ')}`);
  process.exit(2);
}

const startedAt = Date.now();
const say = (what: string) => console.log(`${((Date.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${what}`);
const dice = createDice(values.seed);
const cluster = await startCluster({
  instances,
  // All subscribers come from one address.
  environment: { LOG_LEVEL: 'warn', CURSOR_SECRET: 'chaos', SOCKETS_PER_ADDRESS: '100000' },
}).catch((error: Error) => {
  console.error(error.message);
  return process.exit(2);
});
process.on('SIGINT', () => void cluster.close(true).then(() => process.exit(130)));

say(`${instances} gateways run; logs in ${cluster.folder}`);
const stories = createStories(dice.own('stories'));
const sender = startSender({
  port: cluster.door.port,
  callbackToken,
  perSecond,
  dice: dice.own('sender'),
  stories,
});
const subscribers = Array.from({ length: subscriberCount }, (_, index) => {
  const own = dice.own(`subscriber ${index}`);
  const url = `ws://127.0.0.1:${cluster.front.port}/graphql`;
  return startSubscriber({
    name: `subscriber-${index}`,
    url,
    dice: own,
    choose: chooser(index, own, stories, sender),
  });
});
const lastForMs = values['last-for'] === undefined ? undefined : Number(values['last-for']) * 1_000;
const faults = values['without-faults']
  ? undefined
  : startFaults(cluster, { dice: dice.own('faults'), only: values.only, lastForMs, log: say });
await pause(minutes * 60_000);
await faults?.stop();
say('nothing breaks any more');
for (const subscriber of subscribers) subscriber.calmDown();
sender.stop();
say(`${await whenAcknowledged(sender)} webhooks are not acknowledged`);
const watches = () => subscribers.flatMap((one) => one.watches);
sender.close();
say(`${await whenQuiet(cluster.databaseUrl, watches)} subscribers are behind`);
await Promise.all(subscribers.map((one) => one.close()));
// When nobody sends and nobody listens any more, so that none of the three witnesses knows more than the others could.
const tables = await readTables(cluster.databaseUrl);

const evidence: Evidence = { sent: sender.sent, ...tables, watches: watches() };
const findings = [...check(evidence), ...checkProcesses(cluster, faults)];
for (const { promise, sentence } of findings.slice(0, shown)) console.log(`${promise.padEnd(10)} ${sentence}`);
if (findings.length > shown) console.log(`… and ${findings.length - shown} more`);
for (const { clients, ms } of spreadAfterDrains(faults?.drains ?? [], evidence.watches)) {
  console.log(`${clients} clients of a gateway that ended came back within ${ms} ms of each other`);
}
const isBroken = findings.length > 0;
const isKept = isBroken || values.keep;
if (isKept) await keep(evidence, findings);
await cluster.close(isKept);
if (isKept) console.log(`evidence of seed ${values.seed} in ${cluster.folder}`);

const count = (promise: Finding['promise']) => findings.filter((one) => one.promise === promise).length;
const rounded = (ms: number | undefined) => (ms === undefined ? null : Math.round(ms));
console.log(
  JSON.stringify({
    seed: Number(values.seed),
    deliveries: sender.sent.reduce((sum, { attempts }) => sum + attempts, 0),
    acknowledged: sender.sent.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
    lost: count('lost'),
    duplicated: count('duplicated'),
    outOfOrder: count('outOfOrder'),
    p50Ms: rounded(latency(evidence, 50)),
    p99Ms: rounded(latency(evidence, 99)),
    kills: faults?.kills() ?? 0,
  }),
);
process.exit(isBroken ? 1 : 0);

/** A gateway ends when it is told to, in time, and only then. */
function checkProcesses({ instances: processes }: Cluster, told: Faults | undefined): Finding[] {
  const collapsed = processes.flatMap(({ name, collapses }) =>
    collapses().map((ending) => `${name} ended by itself with ${ending}`),
  );
  const late = (told?.drains ?? [])
    .filter(({ afterMs }) => afterMs > drainWithinMs)
    .map(({ afterMs }) => `a gateway took ${afterMs} ms to end when told to`);
  return [...collapsed, ...late].map((sentence) => ({ promise: 'wrong', sentence }));
}

async function keep(all: Evidence, broken: Finding[]): Promise<void> {
  const { watches: heard, ...rest } = all;
  const messages = heard.flatMap(({ messages: told, ...watch }, index) => [
    { watch: index, ...watch },
    ...told.map((message) => ({ watch: index, ...message })),
  ]);
  const files = { ...rest, heard: messages, findings: broken, faults: faults?.done ?? [] };
  for (const [name, lines] of Object.entries(files)) {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    await writeFile(join(cluster.folder, `${name}.jsonl`), text);
  }
}
