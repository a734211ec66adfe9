import { type ReactNode, useEffect, useState } from 'react';
import { type About, askAbout } from './about.ts';

interface WithAboutProps {
  children(about: About): ReactNode;
}

/** Shows what depends on what the gateway is once it has said so, and until then that it is asked, or can't be reached. */
export function WithAbout({ children }: WithAboutProps) {
  const [attempt, setAttempt] = useState(0);
  const [about, setAbout] = useState<About>();
  const [problem, setProblem] = useState<string>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt asks again
  useEffect(() => {
    let isWanted = true;
    setProblem(undefined);
    askAbout().then(
      (answer) => isWanted && setAbout(answer),
      (error: Error) => isWanted && setProblem(error.message),
    );
    return () => {
      isWanted = false;
    };
  }, [attempt]);
  if (about !== undefined) return children(about);
  return (
    <main className="about-pending">
      {problem === undefined ? (
        <p role="status">Asking the gateway…</p>
      ) : (
        <p role="alert">
          The gateway can’t be reached: {problem}.{' '}
          <button type="button" onClick={() => setAttempt(attempt + 1)}>
            Try again
          </button>
        </p>
      )}
    </main>
  );
}
