import { type FormEvent, useId, useState } from 'react';
import { keepToken } from '../shared/token.ts';

interface TokenFieldProps {
  /** Empty without one. */
  token: string;
  onToken(token: string): void;
}

/** Takes a token or API key, once the gateway has said that it counts. */
export function TokenField({ token, onToken }: TokenFieldProps) {
  const [written, setWritten] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isAsking, setAsking] = useState(false);
  const id = useId();
  const accept = (accepted: string) => {
    keepToken(accepted);
    onToken(accepted);
    setWritten('');
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setAsking(true);
    setProblem(undefined);
    const refusal = await refusalOf(written.trim());
    setAsking(false);
    if (refusal === undefined) accept(written.trim());
    else setProblem(refusal);
  };
  return (
    <section className="token" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Who are you?</h2>
      {token === '' ? (
        <form onSubmit={submit}>
          <label htmlFor={id}>Token or API key</label>
          <div className="token-row">
            <input
              id={id}
              type="password"
              autoComplete="off"
              spellCheck={false}
              required
              value={written}
              onChange={(event) => setWritten(event.target.value)}
              aria-describedby={`${id}-hint`}
              aria-invalid={problem !== undefined}
            />
            <button type="submit" className="primary" disabled={isAsking}>
              {isAsking ? 'Asking…' : 'Use it'}
            </button>
          </div>
          <p id={`${id}-hint`} className="quiet">
            This gateway tells its callers apart. What you give stays in this tab of your browser.
          </p>
          {problem !== undefined && (
            <p role="alert" className="problem">
              {problem}
            </p>
          )}
        </form>
      ) : (
        <p className="token-row">
          <span role="status">The gateway knows you by the token that you gave.</span>
          <button type="button" onClick={() => accept('')}>
            Forget it
          </button>
        </p>
      )}
    </section>
  );
}

/** @returns undefined when the gateway lets its bearer in. */
async function refusalOf(token: string): Promise<string | undefined> {
  if (/[^\x21-\x7e]/.test(token)) return 'A token has neither blanks nor letters beyond ASCII.';
  try {
    const answer = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    const { errors } = (await answer.json()) as { errors?: { message: string }[] };
    return errors?.[0]?.message;
  } catch {
    return 'The gateway can’t be reached.';
  }
}
