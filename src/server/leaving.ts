import type { ServerResponse } from 'node:http';
import { nobodyWaits } from '../graphql/performing.ts';

/** Aborted once a response is over: its client has it all, or has left. */
export function leftBy(response: ServerResponse): AbortSignal {
  const left = new AbortController();
  if (response.closed) left.abort(nobodyWaits());
  else response.once('close', () => left.abort(nobodyWaits()));
  return left.signal;
}
