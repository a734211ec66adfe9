import { useCallback, useState } from 'react';
import { Provider } from 'urql';
import type { About } from '../shared/about.ts';
import { keepToken, keptToken } from '../shared/token.ts';
import { GatewayProvider } from './gateway.ts';
import { Shell } from './shell.tsx';
import { SignIn } from './sign-in.tsx';
import { useOpenGateway } from './use-open-gateway.ts';
import './controls.css';
import './console.css';

/** The whole page: who it is has to be proved first, unless the gateway is open. */
export function Console({ about }: { about: About }) {
  const [token, setToken] = useState(about.isOpen ? '' : keptToken);
  const [refusal, setRefusal] = useState('');
  const sign = useCallback((given: string, why = '') => {
    keepToken(given);
    setToken(given);
    setRefusal(why);
  }, []);
  if (!about.isOpen && token === '') return <SignIn about={about} refusal={refusal} onToken={sign} />;
  return (
    <Signed
      key={token}
      about={about}
      token={token}
      onRefused={(why) => !about.isOpen && sign('', why)}
      onSignOut={about.isOpen ? undefined : () => sign('')}
    />
  );
}

interface SignedProps {
  about: About;
  token: string;
  onRefused(why: string): void;
  onSignOut: (() => void) | undefined;
}

function Signed({ about, token, onRefused, onSignOut }: SignedProps) {
  const opened = useOpenGateway(token, onRefused);
  if (opened === undefined) return null;
  return (
    <Provider value={opened.gateway.client}>
      <GatewayProvider value={opened.gateway}>
        <Shell about={about} latency={opened.latency} onSignOut={onSignOut} />
      </GatewayProvider>
    </Provider>
  );
}
