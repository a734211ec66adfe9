import { useState } from 'react';
import type { About } from '../shared/about.ts';
import { keptToken } from '../shared/token.ts';
import { TopBar } from '../shared/top-bar.tsx';
import { Explorer } from './explorer.tsx';

export function ExplorerPage({ about }: { about: About }) {
  const [token, setToken] = useState(keptToken);
  return (
    <>
      <TopBar about={about} here="graphiql" />
      <main>
        <h1 className="visually-hidden">Explorer</h1>
        {noticesFor(about, token !== '').map((notice) => (
          <p key={notice} className="notice" role="note">
            {notice}
          </p>
        ))}
        <Explorer about={about} token={token} onToken={setToken} />
      </main>
    </>
  );
}

function noticesFor({ mode, isOpen, introspection }: About, isProved: boolean): string[] {
  return [
    ...(mode === 'live' ? ['What is run here is real: with a live key a mutation moves real money.'] : []),
    ...(isOpen || isProved
      ? []
      : ['This gateway asks who you are: under Headers, put a token or an API key after Bearer.']),
    ...(introspection
      ? []
      : ['Introspection is off: there are no suggestions and no documentation here, but every operation runs.']),
  ];
}
