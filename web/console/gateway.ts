import { createClient as createSocket } from 'graphql-ws';
import { createContext, useContext } from 'react';
import { Client, type ExecutionResult, fetchExchange, subscriptionExchange } from 'urql';
import { createServerClock, type ServerClock } from './clock.ts';
import { openPulse, type Pulse } from './pulse.ts';

/** How it stands with the WebSocket. */
export type Connection = 'connecting' | 'connected' | 'reconnecting' | 'refused';

/** The gateway that serves the page, as one caller speaks to it. */
export interface Gateway {
  client: Client;
  pulse: Pulse;
  clock: ServerClock;
  connection(): Connection;
  /** When it was connected last, in milliseconds of this browser's clock. */
  connectedAt(): number;
  /** @returns a function that stops. */
  onConnection(listener: () => void): () => void;
  close(): void;
}

/** The proof of who it is doesn't count, or no longer does. */
const forbidden = 4403;
/** Between two attempts to connect at most, in milliseconds. */
const longestWaitMs = 8_000;

/**
 * @param token empty where none is needed.
 * @param onRefused told when the gateway doesn't take the token.
 */
export function openGateway(token: string, onRefused: (message: string) => void): Gateway {
  const proof = token === '' ? {} : { authorization: `Bearer ${token}` };
  const clock = createServerClock();
  const listeners = new Set<() => void>();
  let connection: Connection = 'connecting';
  let connectedAt = 0;
  const become = (now: Connection) => {
    connection = now;
    for (const listener of listeners) listener();
  };

  const socket = createSocket({
    url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    connectionParams: proof,
    lazyCloseTimeout: 5_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: (retries) => pause(Math.min(longestWaitMs, 250 * 2 ** retries) * (0.5 + Math.random() / 2)),
    shouldRetry: (reason) => !isRefusal(reason),
    on: {
      connected() {
        connectedAt = Date.now();
        become('connected');
      },
      closed(reason) {
        if (isRefusal(reason)) onRefused('The gateway no longer takes this token.');
        become(isRefusal(reason) ? 'refused' : 'reconnecting');
      },
    },
  });

  const client = new Client({
    url: `${location.origin}/graphql`,
    preferGetMethod: false,
    requestPolicy: 'network-only',
    fetchOptions: { headers: proof },
    async fetch(...request) {
      const sentAt = Date.now();
      const answer = await fetch(...request);
      clock.hear(sentAt, Date.now(), answer.headers.get('date'));
      if (answer.status === 401) onRefused('The gateway does not take this token.');
      return answer;
    },
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe(sink) {
            // The protocol's client sends this very object again when it has reconnected.
            const asked: { query: string; variables: Record<string, unknown> } = { query, variables: { ...variables } };
            const unsubscribe = socket.subscribe<{ [field: string]: { cursor?: string } }>(asked, {
              ...sink,
              next(result) {
                const cursor = Object.values(result.data ?? {})[0]?.cursor;
                if (cursor !== undefined) asked.variables.after = cursor;
                sink.next(result as ExecutionResult);
              },
            });
            return { unsubscribe };
          },
        }),
      }),
    ],
  });
  const pulse = openPulse(client);

  return {
    client,
    pulse,
    clock,
    connection: () => connection,
    connectedAt: () => connectedAt,
    onConnection(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      pulse.close();
      void socket.dispose();
    },
  };
}

function isRefusal(reason: unknown): boolean {
  return reason instanceof CloseEvent && reason.code === forbidden;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const Context = createContext<Gateway | undefined>(undefined);
export const GatewayProvider = Context.Provider;

export function useGateway(): Gateway {
  const gateway = useContext(Context);
  if (gateway === undefined) throw new Error('There is no gateway around this');
  return gateway;
}
