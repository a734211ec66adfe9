/** A way to hear of changes. */
export type Transport = 'websocket' | 'sse' | 'polling';

/** Where a gateway takes GraphQL, and as whom. */
export interface Address {
  /** Such as `https://pay.example/graphql`. */
  url: URL;
  token: string;
}

/** One operation. */
export interface Question {
  query: string;
  variables: Record<string, unknown>;
}

export interface Patience {
  /** For a connection to stand, in ms. */
  connectMs: number;
  /** Without a sign of life for so long it is lost, in ms. */
  silenceMs: number;
  /** Between two looks, in ms. */
  pollMs: number;
}

/** What a connection has to say. After anything but CONNECTED and TOLD it is over. */
export type Heard =
  | { type: 'CONNECTED' }
  | { type: 'TOLD'; data: unknown }
  /** Everything has been said. */
  | { type: 'COMPLETE' }
  /** It could not connect, or broke off. */
  | { type: 'LOST' }
  /** The gateway is there and asks to come back later. */
  | { type: 'LATER'; retryAfterMs?: number | undefined }
  | { type: 'REFUSED'; code: string; message: string };

/** Opens a connection, and tells `hear` what comes of it. @returns a function that closes it at once; then nothing more is heard. */
export type Connect = (
  address: Address,
  question: Question,
  patience: Patience,
  hear: (heard: Heard) => void,
) => () => void;

/** An answer as GraphQL has it. */
export interface Answer {
  data?: unknown;
  errors?: readonly { message: string; extensions?: { code?: unknown; retryAfterMs?: unknown } }[] | undefined;
}

/** Those that say nothing about the question. */
const passing = new Set([
  'THROTTLED',
  'UNAVAILABLE',
  'STORE_UNAVAILABLE',
  'UPSTREAM_PROTOCOL',
  'INTERNAL_SERVER_ERROR',
]);

/** What an answer means. One of which only a part is missing is told. */
export function readAnswer({ data, errors }: Answer): Heard {
  const isThere = typeof data === 'object' && data !== null && Object.values(data).some((value) => value != null);
  const [error] = errors ?? [];
  if (isThere || error === undefined) return { type: 'TOLD', data };
  const { code, retryAfterMs } = error.extensions ?? {};
  if (!passing.has(String(code))) return { type: 'REFUSED', code: String(code), message: error.message };
  return { type: 'LATER', retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : undefined };
}

/** What an HTTP response means of which nothing else is to be read: the gateway's own words, or somebody's on the way. */
export async function readRefusal(response: Response): Promise<Heard> {
  const answer = (await response.json().catch(() => undefined)) as Answer | undefined;
  const heard = answer?.errors === undefined ? undefined : readAnswer(answer);
  return heard === undefined || heard.type === 'TOLD' ? { type: 'LOST' } : heard;
}

/** The request of a question by HTTP. */
export function toRequest({ token }: Address, question: Question, accept: string, signal: AbortSignal): RequestInit {
  return {
    method: 'POST',
    headers: { accept, 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(question),
    cache: 'no-store',
    signal,
  };
}

/**
 * Passes on what is heard until it is over.
 *
 * @param close what was opened; called once, whoever ends it.
 */
export function hearing(
  hear: (heard: Heard) => void,
  close: () => void,
): { hear: (heard: Heard) => void; leave: () => void } {
  let isOver = false;
  const leave = () => {
    if (isOver) return;
    isOver = true;
    close();
  };
  return {
    leave,
    hear(heard) {
      if (isOver) return;
      if (heard.type !== 'CONNECTED' && heard.type !== 'TOLD') leave();
      hear(heard);
    },
  };
}
