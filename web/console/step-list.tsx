import { longTime, words } from './format.ts';
import type { Step } from './history.ts';
import { Status } from './status.tsx';

/** The same in words, newest first. */
export function StepList({ steps }: { steps: readonly Step[] }) {
  return (
    <ol className="steps" aria-label="Changes, newest first">
      {steps.map(({ version, kind, origin, at, status }) => (
        <li key={version}>
          <span className="quiet">v{version}</span>
          <Status of={status} />
          <span>
            {words(kind)} <span className="quiet">{origin === 'API' ? 'API' : words(origin)}</span>
          </span>
          <time className="quiet" dateTime={at}>
            {longTime(at)}
          </time>
        </li>
      ))}
    </ol>
  );
}
