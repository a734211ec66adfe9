import { type FormEvent, useState } from 'react';
import type { About } from '../shared/about.ts';
import { ModeBadge } from '../shared/mode-badge.tsx';
import './sign-in.css';

interface SignInProps {
  about: About;
  /** Why one has to sign in again. */
  refusal: string;
  onToken(token: string): void;
}

/** Asks for the proof of who it is. */
export function SignIn({ about, refusal, onToken }: SignInProps) {
  const [token, setToken] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const typed = token.trim().replace(/^bearer\s+/i, '');
    if (typed !== '') onToken(typed);
  };
  return (
    <main className="sign-in">
      <form onSubmit={submit}>
        <ModeBadge mode={about.mode} />
        <h1>Console</h1>
        <p>This gateway has to know who is calling. Give a token of your login, or an API key.</p>
        <div className="field">
          <label htmlFor="token">Token or API key</label>
          <input
            id="token"
            type="password"
            value={token}
            autoComplete="off"
            spellCheck={false}
            aria-describedby="token-help"
            aria-invalid={refusal !== ''}
            onChange={({ target }) => setToken(target.value)}
          />
        </div>
        <p role="alert" className="refusal">
          {refusal}
        </p>
        <p id="token-help" className="quiet">
          It is kept in this tab until the tab is closed, and is sent to this gateway only. What its scopes don’t let
          one see is not shown: <code>activity:read</code>, <code>payments:read</code>, <code>webhooks:manage</code>.
        </p>
        <button type="submit" className="button button-primary">
          Sign in
        </button>
      </form>
    </main>
  );
}
