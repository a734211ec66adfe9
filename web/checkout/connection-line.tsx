import type { WatchConnection } from '../../src/client/index.ts';
import { useLanguage } from './language.tsx';

/** How the page hears of news, for as long as there may be some. */
export function ConnectionLine({ connection }: { connection: WatchConnection | undefined }) {
  const { words } = useLanguage();
  const isConnected = connection?.isConnected === true;
  const lost = connection === undefined ? words.connecting : words.reconnecting;
  return (
    <p className={isConnected ? 'connection live' : 'connection'} role="status">
      {isConnected ? words.live[connection.transport] : lost}
    </p>
  );
}
