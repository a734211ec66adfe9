/**
 * `npm run bench -- start`: how long `npm start` takes until the gateway says that it is ready, on the embedded database of a folder
 * that it has been started on before, and what it keeps in memory then.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { bench } from './support/bench.ts';
import { holdTo, median, printResult, printTable, round } from './support/figures.ts';

const warmUps = 2;
const rounds = 7;
const root = join(import.meta.dirname, '..');

await bench(async (scope) => {
  const folder = await scope.folder();
  const taken: { seconds: number; megabytes: number }[] = [];
  for (let start = 0; start < warmUps + rounds; start += 1) {
    const one = await startOnce(folder);
    if (start >= warmUps) taken.push(one);
  }
  printTable(
    ['start', 'ready after, s', 'RSS, MB'],
    taken.map(({ seconds, megabytes }, index) => [String(index + 1), seconds.toFixed(2), megabytes.toFixed(0)]),
  );
  const seconds = median(taken.map((one) => one.seconds));
  printResult(holdTo('start', seconds, 1.5), [], { megabytes: round(median(taken.map((one) => one.megabytes)), 0) });
});

async function startOnce(dataDir: string): Promise<{ seconds: number; megabytes: number }> {
  const beganAt = performance.now();
  // In a group of its own, so that npm and what it runs are ended together.
  const npm = spawn('npm', ['start'], {
    cwd: root,
    env: { ...process.env, PORT: '0', SANDBOX_PORT: '0', DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  await isReady(npm);
  const seconds = (performance.now() - beganAt) / 1_000;
  const megabytes = await memoryOf(npm.pid ?? 0);
  const ended = once(npm, 'close');
  process.kill(-(npm.pid ?? 0), 'SIGTERM');
  await ended;
  return { seconds, megabytes };
}

function isReady(npm: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = '';
    npm.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (/^ready +\S+/m.test(printed)) resolve();
    });
    npm.once('exit', (code) => reject(new Error(`npm start ended with ${code}: ${printed}`)));
  });
}

/** Of the gateway's own process, which npm starts in its group, in MB. */
async function memoryOf(group: number): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [stat, command] = await Promise.all(
      ['stat', 'cmdline'].map((file) => readFile(join('/proc', pid, file), 'utf8').catch(() => '')),
    );
    const [, , ofGroup] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
    const isNode = (await readlink(join('/proc', pid, 'exe')).catch(() => '')).endsWith('/node');
    if (Number(ofGroup) !== group || !isNode || !command?.split('\0').includes('src/main.ts')) continue;
    const status = await readFile(join('/proc', pid, 'status'), 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
  }
  throw new Error('The gateway’s process is not found');
}
