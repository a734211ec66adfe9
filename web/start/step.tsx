import { type ReactNode, useId } from 'react';
import { CheckIcon } from '../shared/icons.tsx';
import { Operation } from './operation.tsx';

interface StepProps {
  number: number;
  title: string;
  /** What it does, in a sentence. */
  children: ReactNode;
  button: { label: string; isDisabled: boolean; onClick(): void };
  isDone?: boolean;
  /** What came of it. */
  result?: ReactNode;
  /** What went wrong, as a sentence. */
  problem?: string | undefined;
  operation: { query: string; variables: object };
  hasExplorer: boolean;
}

/** One thing to try: a button that does it, what came of it, and the operation that did it. */
export function Step(props: StepProps) {
  const { number, title, children, button, isDone = false, result, problem, operation, hasExplorer } = props;
  const id = useId();
  return (
    <li className="step" aria-labelledby={id}>
      <div className="step-body">
        <h3 id={id}>
          <span className={isDone ? 'step-number done' : 'step-number'} aria-hidden="true">
            {isDone ? <CheckIcon /> : number}
          </span>
          {title}
        </h3>
        <p>{children}</p>
        <button type="button" className="primary" disabled={button.isDisabled} onClick={button.onClick}>
          {button.label}
        </button>
        <div aria-live="polite">{result}</div>
        {problem !== undefined && (
          <p role="alert" className="problem">
            {problem}
          </p>
        )}
      </div>
      <Operation {...operation} hasExplorer={hasExplorer} />
    </li>
  );
}
