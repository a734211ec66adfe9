import { useEffect, useRef, useState } from 'react';
import { type Gateway, openGateway } from './gateway.ts';
import { type Latency, openLatency } from './latency.ts';

interface Opened {
  gateway: Gateway;
  latency: Latency;
}

/** The gateway for as long as one is signed in with this token. */
export function useOpenGateway(token: string, onRefused: (why: string) => void): Opened | undefined {
  const [opened, setOpened] = useState<Opened>();
  const refused = useRef(onRefused);
  refused.current = onRefused;
  useEffect(() => {
    const gateway = openGateway(token, (why) => refused.current(why));
    const latency = openLatency(gateway);
    setOpened({ gateway, latency });
    return () => {
      latency.close();
      gateway.close();
    };
  }, [token]);
  return opened;
}
