import type { ServerResponse } from 'node:http';
import { nobodyWaits } from '../graphql/performing.ts';

/** Aborted once a client has left before it had its response. */
export function leftBy(response: ServerResponse): AbortSignal {
  const left = new AbortController();
  const leave = () => {
    if (!response.writableFinished) left.abort(nobodyWaits());
  };
  if (response.closed) leave();
  else response.once('close', leave);
  return left.signal;
}
