import { Presets, SingleBar } from 'cli-progress';
import type { Output } from './output.ts';

/** How far long work has come. */
export interface Progress {
  /** Whether it is shown. */
  isShown: boolean;
  step(): void;
  stop(): void;
}

/** Fewer are done before anybody has read the bar. */
const fewest = 20;

/** A bar on standard error; shown where that is a terminal, a person reads it and there is much to do. */
export function startProgress(done: string, total: number, { isJson }: Output): Progress {
  if (isJson || total <= fewest || !process.stderr.isTTY)
    return { isShown: false, step: () => undefined, stop: () => undefined };
  const bar = new SingleBar({ format: `{bar} {value}/{total} ${done}, {eta_formatted} left` }, Presets.shades_classic);
  bar.start(total, 0);
  return { isShown: true, step: () => bar.increment(), stop: () => bar.stop() };
}
