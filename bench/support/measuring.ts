/** Loaded before a program that is measured: tells what the process has used, when asked. */
const commands = new Map<string, (...parameters: never[]) => unknown>([
  ['cpu', cpuMs],
  [
    'usage',
    () => {
      // All of it, and the room that it leaves is given back: else the figure tells how much garbage there was before.
      for (let round = 0; round < 2; round += 1)
        globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
      return { cpuMs: cpuMs(), memoryBytes: process.memoryUsage.rss() };
    },
  ],
]);

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Has a program do something when its bench tells it to. */
export function onCommand(name: string, work: (...parameters: never[]) => unknown): void {
  commands.set(name, work);
}

process.on('message', async ([name, ...parameters]: [string, ...never[]]) => {
  process.send?.((await commands.get(name)?.(...parameters)) ?? true);
});
// The connection to the bench alone keeps nothing running.
process.channel?.unref();
