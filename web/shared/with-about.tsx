import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { type About, askAbout } from './about.ts';

interface WithAboutProps {
  children(about: About): ReactNode;
}

/** Shows what depends on what the gateway is once it has said so, and until then that it is asked, or can't be reached. */
export function WithAbout({ children }: WithAboutProps) {
  const [about, setAbout] = useState<About>();
  const [problem, setProblem] = useState<string>();
  const ask = useCallback(() => {
    setProblem(undefined);
    askAbout().then(setAbout, (error: Error) => setProblem(error.message));
  }, []);
  useEffect(ask, [ask]);
  if (about !== undefined) return children(about);
  return (
    <main className="about-pending">
      {problem === undefined ? (
        <p role="status">Asking the gateway…</p>
      ) : (
        <p role="alert">
          The gateway can’t be reached: {problem}.{' '}
          <button type="button" onClick={ask}>
            Try again
          </button>
        </p>
      )}
    </main>
  );
}
