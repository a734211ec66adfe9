import { GatewayError } from '../errors.ts';
import type { Listening } from './feed.ts';

/** How many changes one read brings; the rest waits in the log until the subscriber has taken these. */
export const pageSize = 25;

/** Reads as often as it takes: a stream that has begun outlives the absence of the database. */
export async function patiently<T>(wake: Listening, read: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      await untilNextTry(wake, error);
    }
  }
}

/** Resolves when what failed may be tried again. @throws the error, unless only the database is away. */
export async function untilNextTry(wake: Listening, error: unknown): Promise<void> {
  const isAway = error instanceof GatewayError && error.code === 'STORE_UNAVAILABLE';
  if (!isAway || !(await wake.retry())) throw error;
}
