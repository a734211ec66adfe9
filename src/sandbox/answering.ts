import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Clock, wait } from './clock.ts';
import type { ApiFault } from './faults.ts';
import { type Answer, ApiError, toErrorAnswer } from './http.ts';
import type { RequestRecord } from './record.ts';

/** One call on its way through the sandbox, whatever becomes of it. */
export interface Exchange {
  clock: Clock;
  request: FastifyRequest;
  reply: FastifyReply;
  entry: RequestRecord;
}

/** A socket that has been ended can't be reset any more: Node would leave its handle open, and spin for ever at its exit. */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

/** Answers a call, or fails to in the way that a fault says. Resolves when there is no more to write. */
export async function respond(exchange: Exchange, answer: Answer, fault: ApiFault | undefined): Promise<void> {
  const { clock, request, reply } = exchange;
  switch (fault?.kind) {
    case 'hang':
      reply.hijack();
      return;
    case 'reset':
      reply.hijack();
      reset(request.raw.socket);
      return;
    case 'status':
      return send(
        exchange,
        toErrorAnswer(new ApiError(fault.status, fault.errorCode ?? 'SERVER_ERROR', 'A scripted fault')),
      );
    case 'invalidBody':
      return send(exchange, answer, fault.body ?? '{"id":"qr_');
    case 'slowBody':
      return sendSlowly(exchange, answer, fault);
    case 'delay':
      if (fault.afterProcessing) await wait(clock, fault.ms);
      return send(exchange, answer);
    default:
      return send(exchange, answer);
  }
}

/** @param text the body instead of the answer's own. */
export function send({ reply, entry }: Exchange, answer: Answer, text = JSON.stringify(answer.body)): void {
  entry.status = answer.status;
  reply
    .code(answer.status)
    .headers({ 'content-type': 'application/json; charset=utf-8', ...answer.headers })
    .send(text);
}

async function sendSlowly(
  { clock, reply, entry }: Exchange,
  answer: Answer,
  { msPerChunk, chunkBytes = 1 }: Extract<ApiFault, { kind: 'slowBody' }>,
): Promise<void> {
  const body = Buffer.from(JSON.stringify(answer.body));
  entry.status = answer.status;
  reply.headers({
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    ...answer.headers,
  });
  reply.hijack();
  reply.raw.writeHead(answer.status, reply.getHeaders() as Record<string, string>);
  reply.raw.flushHeaders();
  for (let at = 0; at < body.length; at += chunkBytes) {
    await wait(clock, msPerChunk);
    if (reply.raw.closed) return;
    reply.raw.write(body.subarray(at, at + chunkBytes));
  }
  reply.raw.end();
}

/** Runs something once an answer has been written or its connection has ended; at once when that is past. */
export function whenClosed({ raw }: FastifyReply, run: () => void): void {
  if (raw.closed) run();
  else raw.once('close', run);
}
