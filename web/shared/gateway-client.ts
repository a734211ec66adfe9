import { createClient, type Client as SocketClient } from 'graphql-ws';
import { Client, fetchExchange } from 'urql';

/** Asks the gateway that serves the page. */
export interface GatewayClient {
  /** For queries and mutations. */
  client: Client;
  /** For subscriptions: a WebSocket that is open while something is watched. */
  socket: SocketClient;
  close(): void;
}

/** The proof of who it is doesn't count, or no longer does: coming back with the same one is no use. */
const forbidden = 4403;
/** Between two attempts to connect at most, in milliseconds. */
const longestWaitMs = 8_000;

/** @param token a token or API key that all is asked with; empty where none is needed. */
export function openGatewayClient(token: string): GatewayClient {
  const proof = token === '' ? {} : { authorization: `Bearer ${token}` };
  const socket = createClient({
    url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    connectionParams: proof,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: (retries) => pause(Math.min(longestWaitMs, 250 * 2 ** retries) * (0.5 + Math.random() / 2)),
    shouldRetry: (reason) => !(reason instanceof CloseEvent && reason.code === forbidden),
  });
  const client = new Client({
    url: `${location.origin}/graphql`,
    preferGetMethod: false,
    fetchOptions: { headers: proof },
    exchanges: [fetchExchange],
  });
  return { client, socket, close: () => void socket.dispose() };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
