import type { ServerResponse } from 'node:http';

/** Aborted once a response is over: its client has it all, or has left. */
export function leftBy(response: ServerResponse): AbortSignal {
  const left = new AbortController();
  if (response.closed) left.abort();
  else response.once('close', () => left.abort());
  return left.signal;
}
