import './checkout.css';
import './buttons.css';
import { useEffect, useState } from 'react';
import { Provider } from 'urql';
import { type WatchedResource, watchedBy } from '../../src/client/index.ts';
import { type About, askAbout } from '../shared/about.ts';
import { openGateway } from './gateway.ts';
import { Header } from './header.tsx';
import { Problem } from './notice.tsx';
import { Payment } from './payment.tsx';

/** The page by which a payer pays, and sees it paid. @property token a watch token */
export function Checkout({ token }: { token: string }) {
  const [watched] = useState(() => read(token));
  const [client] = useState(() => openGateway(token));
  const [mode, setMode] = useState<About['mode']>();
  useEffect(
    () =>
      void askAbout().then(
        (about) => setMode(about.mode),
        () => undefined,
      ),
    [],
  );
  return (
    <Provider value={client}>
      <Header mode={mode} />
      <main>
        {watched === undefined ? (
          <Problem fault="INVALID" />
        ) : (
          <Payment token={token} watched={watched} isSandbox={mode === 'sandbox'} />
        )}
      </main>
    </Provider>
  );
}

function read(token: string): WatchedResource | undefined {
  try {
    return watchedBy(token);
  } catch {
    return undefined;
  }
}
