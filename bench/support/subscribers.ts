import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Scope } from './bench.ts';

/** Sockets that listen. */
export interface Subscribers {
  /** Resolves once all of them together have been told so many messages more than at the last call. */
  told(count: number): Promise<void>;
  /** The last message that any of them was told. */
  last(): string;
}

export interface SubscribersOptions {
  count: number;
  /** What each sends once it is connected, in order; each but the last waits for an answer before the next is sent. */
  greetings: (index: number) => readonly string[];
  subprotocol?: string;
  /** How many messages tell each that it has begun; they don't count. */
  beginnings: number;
  onMessage?: (text: string, index: number) => void;
}

/** As many connect at once: a server's line of new connections is bounded. */
const atOnce = 50;

/** Connects sockets to a server, and waits until each has begun. */
export async function subscribe(scope: Scope, url: string, options: SubscribersOptions): Promise<Subscribers> {
  const { count, beginnings, onMessage } = options;
  const sockets: WebSocket[] = [];
  let told = 0;
  let awaited: { count: number; done: () => void } | undefined;
  let last = '';
  scope.after(async () => {
    for (const socket of sockets) socket.terminate();
  });

  const open = async (index: number) => {
    const socket = new WebSocket(url.replace('http', 'ws'), options.subprotocol ?? [], { perMessageDeflate: false });
    sockets.push(socket);
    await once(socket, 'open');
    let begun = 0;
    const beginning = Promise.withResolvers<void>();
    socket.on('message', (data) => {
      if (begun < beginnings) {
        begun += 1;
        const next = options.greetings(index)[begun];
        if (next !== undefined) socket.send(next);
        if (begun === beginnings) beginning.resolve();
        return;
      }
      told += 1;
      last = String(data);
      onMessage?.(last, index);
      if (awaited !== undefined && told >= awaited.count) awaited.done();
    });
    socket.on('close', (code, reason) => beginning.reject(new Error(`Closed with ${code} ${reason}`)));
    const [first] = options.greetings(index);
    if (first !== undefined) socket.send(first);
    if (beginnings === 0) beginning.resolve();
    await beginning.promise;
  };

  let next = 0;
  const openOneByOne = async () => {
    while (next < count) await open(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, openOneByOne));
  return {
    async told(more) {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (told >= more) resolve();
      else awaited = { count: more, done: resolve };
      await promise;
      awaited = undefined;
      told -= more;
    },
    last: () => last,
  };
}

const subscription = `subscription Changes($id: ID!) {
  qrCodeChanged(externalId: $id) {
    cursor version kind occurredAt origin
    qrCode { id externalId type status version }
    payment { id status amount { amount currency } created }
  }
}`;

/** Subscribes to QR codes by the protocol `graphql-transport-ws`; each has begun when it has been told the present. */
export function subscribeToCodes(
  scope: Scope,
  url: string,
  count: number,
  codeOf: (index: number) => string,
  onMessage?: SubscribersOptions['onMessage'],
): Promise<Subscribers> {
  const greetings = (index: number) => [
    '{"type":"connection_init"}',
    JSON.stringify({ type: 'subscribe', id: '1', payload: { query: subscription, variables: { id: codeOf(index) } } }),
  ];
  return subscribe(scope, `${url}/graphql`, {
    count,
    greetings,
    subprotocol: 'graphql-transport-ws',
    // `connection_ack`, and the present.
    beginnings: 2,
    ...(onMessage && { onMessage }),
  });
}
