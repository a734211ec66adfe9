import type { ServerResponse } from 'node:http';
import { nobodyWaits } from '../graphql/performing.ts';
import { Asker } from '../xendit/asker.ts';

/** The client that waits for a response: it has left when its connection closes before it had all of it. */
export function askerOf(response: ServerResponse): Asker {
  const asker = new Asker();
  const leave = () => {
    if (!response.writableFinished) asker.leave(nobodyWaits());
  };
  if (response.closed) leave();
  else response.once('close', leave);
  return asker;
}
