import type { Problem } from './problem.ts';

interface GridFootProps {
  problem: Problem | undefined;
  hasOlder: boolean;
  /** How many rows there are. */
  count: number;
  onRetry(): void;
}

/** Below the last row: whether there are more, or why they can't be had. */
export function GridFoot({ problem, hasOlder, count, onRetry }: GridFootProps) {
  if (problem)
    return (
      <div className="grid-foot" role="status">
        <p>{problem.message}.</p>
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      </div>
    );
  return <p className="grid-foot">{hasOlder ? 'Loading older…' : `${count.toLocaleString()} in all`}</p>;
}
