import { useEffect, useState } from 'react';
import { gatewayNow } from './gateway.ts';

/** The time by the gateway's clock, in ms, each second anew. */
export function useNow(): number {
  const [now, setNow] = useState(gatewayNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(gatewayNow()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
