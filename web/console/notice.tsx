import type { Problem } from './problem.ts';
import './notice.css';

interface NoticeProps {
  problem: Problem;
  /** What the scope would let one do, such as `payments:read`. */
  scope: string;
  onRetry?: (() => void) | undefined;
}

/** Why a part of the page shows nothing, and what can be done about it. */
export function Notice({ problem, scope, onRetry }: NoticeProps) {
  if (problem.code === 'FORBIDDEN')
    return (
      <div className="notice" role="status">
        <p className="notice-title">Not shown with this token</p>
        <p>
          It needs the scope <code>{scope}</code>. {problem.message}.
        </p>
      </div>
    );
  return (
    <div className="notice" role="alert">
      <p className="notice-title">{problem.code === 'OFFLINE' ? 'No answer' : 'That didn’t work'}</p>
      <p>
        {problem.message}. <span className="quiet">({problem.code})</span>
      </p>
      {onRetry && (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

interface EmptyProps {
  title: string;
  children?: React.ReactNode;
}

/** There is nothing, and that is no fault. */
export function Empty({ title, children }: EmptyProps) {
  return (
    <div className="notice" role="status">
      <p className="notice-title">{title}</p>
      {children && <p className="quiet">{children}</p>}
    </div>
  );
}
