import { useEffect, useState } from 'react';
import { Provider } from 'urql';
import type { About } from '../shared/about.ts';
import { type GatewayClient, openGatewayClient } from '../shared/gateway-client.ts';
import { ShieldIcon, WarningIcon } from '../shared/icons.tsx';
import { meaningOf, nameOf } from '../shared/mode-badge.tsx';
import { keptToken } from '../shared/token.ts';
import { TopBar } from '../shared/top-bar.tsx';
import { Addresses } from './addresses.tsx';
import { ThreeQuestions } from './questions.tsx';
import { ThreeSteps } from './steps.tsx';
import { TokenField } from './token-field.tsx';

/** What runs here, in which mode, and the first things to try. */
export function StartPage({ about }: { about: About }) {
  const [token, setToken] = useState(keptToken);
  const [gateway, setGateway] = useState<GatewayClient>();
  useEffect(() => {
    const opened = openGatewayClient(token);
    setGateway(opened);
    return opened.close;
  }, [token]);
  const mayTry = about.isOpen || token !== '';
  return (
    <>
      <TopBar about={about} here="start" />
      <main className="start">
        <Introduction about={about} />
        {!about.isOpen && <TokenField token={token} onToken={setToken} />}
        {gateway !== undefined && (
          <Provider value={gateway.client}>
            {about.mode === 'live' ? (
              <ThreeQuestions key={token} mayTry={mayTry} about={about} />
            ) : (
              <ThreeSteps key={token} mayTry={mayTry} about={about} socket={gateway.socket} />
            )}
          </Provider>
        )}
        <Addresses about={about} />
      </main>
    </>
  );
}

function Introduction({ about: { mode, version } }: { about: About }) {
  return (
    <section className="introduction" aria-labelledby="what-runs-here">
      <h1 id="what-runs-here">Payments in GraphQL, told the moment they arrive</h1>
      <p>
        This is a GraphQL gateway over Xendit’s payment APIs, version {version}. Create what is to be paid, watch it
        over one subscription, and miss nothing: each webhook is kept before it is acknowledged.
      </p>
      <p className={`mode-panel mode-panel-${mode}`}>
        {mode === 'live' ? <WarningIcon /> : <ShieldIcon />}
        <span>
          <strong>{nameOf(mode)}.</strong> {meaningOf(mode)}.
        </span>
      </p>
    </section>
  );
}
