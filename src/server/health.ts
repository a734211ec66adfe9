import type { FastifyInstance } from 'fastify';

/**
 * Serves `/health/live` (the process runs) and `/health/ready` (it can do its work: 503 while the database is away, or once
 * it has been told to stop).
 *
 * @param check throws when the work can't be done.
 */
export function serveHealth(http: FastifyInstance, check: () => Promise<void>): void {
  http.get('/health/live', async () => ({ status: 'live' }));
  http.get('/health/ready', async (_request, reply) => {
    try {
      await check();
      return { status: 'ready' };
    } catch (error) {
      return reply
        .code(503)
        .send({ status: 'not ready', reason: error instanceof Error ? error.message : String(error) });
    }
  });
}
