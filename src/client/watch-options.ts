import type { Patience, Transport } from './connection.ts';

/** How a watch is connected, or was last. */
export interface WatchConnection {
  transport: Transport;
  isConnected: boolean;
}

/** How a resource is watched. Each has a default; times are in milliseconds. */
export interface WatchOptions {
  /** The cursor of the last change already seen: only what came after is told. Polling can't tell, and begins with the present. */
  after?: string | undefined;
  /** Tried in this order, each when the one before can't connect; default all three: websocket, sse, polling. */
  transports?: readonly Transport[] | undefined;
  /** Told each time the connection changes, but not that it ends together with the iterator. */
  onConnection?: ((connection: WatchConnection) => void) | undefined;
  /** Ends the iterator. */
  signal?: AbortSignal | undefined;
  /** For a transport to connect before the next one is tried; default 10,000. */
  connectMs?: number | undefined;
  /** Without a sign of life for so long a connection is lost; default 30,000. More than the gateway's `SOCKET_HEARTBEAT_MS`. */
  silenceMs?: number | undefined;
  /** Until it connects again at first; default 500. It doubles each time, and up to half of it is left to chance. */
  reconnectMinMs?: number | undefined;
  /** The longest that this becomes; default 30,000. After a connection that held for so long it begins with the shortest. */
  reconnectMaxMs?: number | undefined;
  /** How often the transports before the one that serves are tried again; default 60,000. */
  comeBackMs?: number | undefined;
  /** How often polling asks; default 3,000. */
  pollMs?: number | undefined;
}

const usualTimes = {
  connectMs: 10_000,
  silenceMs: 30_000,
  reconnectMinMs: 500,
  reconnectMaxMs: 30_000,
  comeBackMs: 60_000,
  pollMs: 3_000,
};

export type Times = Patience & typeof usualTimes;

/** @throws TypeError naming the first that is no time. */
export function toTimes(options: WatchOptions): Times {
  const entries = Object.entries(usualTimes).map(([name, usual]) => {
    const ms = options[name as keyof Times] ?? usual;
    if (!(ms > 0)) throw new TypeError(`${name} must be milliseconds, more than 0: ${ms}`);
    return [name, ms];
  });
  return Object.fromEntries(entries) as Times;
}

const transports: readonly Transport[] = ['websocket', 'sse', 'polling'];

/** @throws TypeError there are none, or one is unknown. */
export function toTransports(given: readonly Transport[] = transports): readonly Transport[] {
  const stranger = given.find((one) => !transports.includes(one));
  if (stranger !== undefined) throw new TypeError(`transports must be of ${transports.join(', ')}: ${stranger}`);
  if (given.length === 0) throw new TypeError('transports must name one at least');
  return given;
}

/**
 * Where a gateway takes GraphQL.
 *
 * @throws TypeError it is no address, or not one of the web.
 */
export function toAddress(url: string): URL {
  const { location } = globalThis as { location?: { href: string } };
  const address = toUrl(url, location?.href);
  if (!/^https?:$/.test(address.protocol)) throw new TypeError(`url must begin with http: or https: ${url}`);
  address.pathname = address.pathname.replace(/\/*$/, '').replace(/(\/graphql)?$/, '/graphql');
  return address;
}

/** Browsers of two years ago know no URL.canParse. */
function toUrl(url: string, base: string | undefined): URL {
  try {
    return new URL(url, base);
  } catch (error) {
    throw new TypeError(`url must be an address, such as https://pay.example: ${url}`, { cause: error });
  }
}
