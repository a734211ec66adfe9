import type { About } from './about.ts';
import './mode-badge.css';

const words = {
  sandbox: { name: 'Sandbox', meaning: 'A stand-in plays Xendit: no money moves' },
  test: { name: 'Test mode', meaning: 'A key of Xendit’s test mode: no money moves' },
  live: { name: 'Live', meaning: 'A live key: real money moves' },
} as const satisfies Record<About['mode'], object>;

/** In which mode the gateway runs, in a word whose colour tells it too. */
export function ModeBadge({ mode }: Pick<About, 'mode'>) {
  const { name, meaning } = words[mode];
  return (
    <span className={`mode mode-${mode}`} title={meaning}>
      {name}
    </span>
  );
}

export function nameOf(mode: About['mode']): string {
  return words[mode].name;
}

export function meaningOf(mode: About['mode']): string {
  return words[mode].meaning;
}
