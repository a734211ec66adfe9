import { type Answer, type Connect, hearing, readAnswer, toRequest } from './connection.ts';

/** By asking again and again. It tells the present each time, and never that everything has been said. */
export const connectPolling: Connect = (address, question, { connectMs, pollMs }, tell) => {
  const leaving = new AbortController();
  let next: ReturnType<typeof setTimeout> | undefined;
  const { hear, leave } = hearing(tell, () => {
    clearTimeout(next);
    leaving.abort();
  });
  let isConnected = false;
  const look = async () => {
    const impatience = setTimeout(() => hear({ type: 'LOST' }), connectMs);
    try {
      const response = await fetch(address.url, toRequest(address, question, 'application/json', leaving.signal));
      const heard = readAnswer((await response.json()) as Answer);
      if (!isConnected && heard.type === 'TOLD') hear({ type: 'CONNECTED' });
      isConnected ||= heard.type === 'TOLD';
      hear(heard);
    } finally {
      clearTimeout(impatience);
    }
    if (!leaving.signal.aborted) next = setTimeout(begin, pollMs);
  };
  const begin = () => void look().catch(() => hear({ type: 'LOST' }));
  begin();
  return leave;
};
