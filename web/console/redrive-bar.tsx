import { useEffect, useRef, useState } from 'react';
import { words } from './format.ts';
import { useGateway } from './gateway.ts';
import { RedriveIcon } from './icons.tsx';
import type { Problem } from './problem.ts';
import { findUnread, type Progress, redriveAll } from './redriving.ts';
import { unread, type WebhookFilters } from './webhooks.ts';

interface RedriveBarProps {
  filters: WebhookFilters;
  /** The ids of those that were chosen. */
  chosen: ReadonlySet<string>;
  onDone(): void;
}

/** Reads webhooks again: those that were chosen, or all of an outcome. */
export function RedriveBar({ filters, chosen, onDone }: RedriveBarProps) {
  const { client } = useGateway();
  const [progress, setProgress] = useState<Progress>();
  const [problem, setProblem] = useState<Problem>();
  const [isRunning, setRunning] = useState(false);
  const isStopped = useRef(false);
  useEffect(
    () => () => {
      isStopped.current = true;
    },
    [],
  );

  async function run(find: () => Promise<readonly string[] | Problem>): Promise<void> {
    isStopped.current = false;
    setRunning(true);
    setProgress(undefined);
    setProblem(undefined);
    const ids = await find();
    if ('code' in ids) {
      setProblem(ids);
      setRunning(false);
      return;
    }
    setProgress({ total: ids.length, done: 0, read: 0, refusal: undefined });
    await redriveAll(client, ids, () => isStopped.current, setProgress);
    setRunning(false);
    onDone();
  }

  const outcome = unread.has(filters.outcome ?? '') ? (filters.outcome ?? '') : 'FAILED';
  return (
    <div className="redrive-bar">
      {chosen.size > 0 && (
        <button
          type="button"
          className="button button-primary"
          disabled={isRunning}
          onClick={() => void run(async () => [...chosen])}
        >
          <RedriveIcon /> Redrive {chosen.size.toLocaleString()} chosen
        </button>
      )}
      <button
        type="button"
        className="button"
        disabled={isRunning}
        onClick={() => void run(() => findUnread(client, filters))}
      >
        <RedriveIcon /> Redrive all {words(outcome).toLowerCase()}
      </button>
      {isRunning && (
        <button
          type="button"
          className="button"
          onClick={() => {
            isStopped.current = true;
          }}
        >
          Stop
        </button>
      )}
      {progress && progress.total > 0 && (
        <progress max={progress.total} value={progress.done} aria-label="Webhooks read again" />
      )}
      <p role="status">
        {problem && `None was read again: ${problem.message}. (${problem.code})`}
        {progress && sentenceOf(progress, isRunning)}
      </p>
    </div>
  );
}

function sentenceOf({ total, done, read, refusal }: Progress, isRunning: boolean): string {
  if (total === 0) return 'There are none.';
  if (isRunning) return `${done.toLocaleString()} of ${total.toLocaleString()}…`;
  const left = done - read;
  const parts = [`${read.toLocaleString()} of ${done.toLocaleString()} read`];
  if (left > 0) parts.push(`${left.toLocaleString()} as before${refusal ? ` (${refusal})` : ''}`);
  return `${parts.join(', ')}.`;
}
