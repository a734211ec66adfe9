import { type Answer, type Connect, hearing, readAnswer, readRefusal, toRequest } from './connection.ts';

/** As server-sent events by `fetch`, since a browser's own `EventSource` sends no token; by graphql-sse's protocol. */
export const connectEventStream: Connect = (address, question, { connectMs, silenceMs }, tell) => {
  const leaving = new AbortController();
  const { hear, leave } = hearing(tell, () => {
    clearTimeout(patience);
    leaving.abort();
  });
  const lose = () => hear({ type: 'LOST' });
  let patience = setTimeout(lose, connectMs);
  let isConnected = false;
  const showLife = () => {
    clearTimeout(patience);
    patience = setTimeout(lose, silenceMs);
    // Only now: who keeps a stream back until it ends may pass its headers on.
    if (!isConnected) hear({ type: 'CONNECTED' });
    isConnected = true;
  };
  const listen = async () => {
    const url = new URL(address.url);
    url.pathname += '/stream';
    const response = await fetch(url, toRequest(address, question, 'text/event-stream', leaving.signal));
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
    if (!response.ok || !isStream || response.body === null) return hear(await readRefusal(response));
    for await (const { event, data } of readEvents(response.body, showLife)) {
      if (event === 'next') hear(readAnswer(JSON.parse(data) as Answer));
      if (event === 'complete') hear({ type: 'COMPLETE' });
    }
    lose();
  };
  listen().catch(lose);
  return leave;
};

interface StreamEvent {
  event: string;
  data: string;
}

/**
 * Reads server-sent events as HTML's standard puts them.
 *
 * @param onBytes is told of each sign of life.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void,
): AsyncGenerator<StreamEvent, void, void> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let event = '';
  let data: string[] = [];
  for (let rest = ''; ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    onBytes();
    // A return that comes last may be the first half of a line's end.
    const lines = (rest + decoder.decode(value, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, field, said = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (line === '') {
        if (event !== '' || data.length > 0) yield { event, data: data.join('\n') };
        event = '';
        data = [];
      } else if (field === 'event') event = said;
      else if (field === 'data') data.push(said);
    }
  }
}
