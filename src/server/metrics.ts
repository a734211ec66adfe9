import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

/** All metrics at one moment, as Prometheus takes them. */
export interface Reading {
  type: string;
  text: string;
}

/**
 * Serves `/metrics`.
 *
 * @param read those who look at the same moment see the same.
 * @param token what whoever reads them has to prove, as `Authorization: Bearer …`; undefined: everybody may.
 */
export function serveMetrics(http: FastifyInstance, read: () => Promise<Reading>, token: string | undefined): void {
  let reading: Promise<Reading> | undefined;
  const readOnce = () => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  http.get('/metrics', { exposeHeadRoute: false }, async ({ id, headers }, reply) => {
    if (token !== undefined && !isSame(headers.authorization ?? '', `Bearer ${token}`)) {
      const message = 'Metrics are for whoever has METRICS_TOKEN';
      return reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .send({ code: 'UNAUTHENTICATED', message, requestId: id });
    }
    const { type, text } = await readOnce();
    return reply.type(type).send(text);
  });
}

/** Takes as long whatever they differ in. */
function isSame(a: string, b: string): boolean {
  const [first, second] = [a, b].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(first, second);
}
