import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Exchange, respond, send, whenClosed } from './answering.ts';
import { type Clock, wait } from './clock.ts';
import type { Deliveries, WebhookDraft } from './deliveries.ts';
import type { ApiFault, FaultScript } from './faults.ts';
import { type Answer, ApiError, accountOf, type Call, type Route, readBody, toErrorAnswer } from './http.ts';
import type { RateLimit } from './rate-limit.ts';
import { type Log, type RequestRecord, remember } from './record.ts';

/** What every product shares. */
export interface Kernel {
  clock: Clock;
  rateLimit: RateLimit;
  faults: Pick<FaultScript, 'take'>;
  deliveries: Pick<Deliveries, 'prepare'>;
  requests: RequestRecord[];
  recordLimit: number;
  log: Log;
}

/** Serves one call to a route: who calls, how often, what goes wrong, the work, the answer, then its webhooks. */
export async function serve(kernel: Kernel, route: Route, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const exchange = open(kernel, request, reply);
  const { entry } = exchange;
  entry.endpoint = route.endpoint;
  try {
    admit(kernel, exchange, route);
  } catch (error) {
    return send(exchange, toErrorAnswer(error));
  }
  const fault = kernel.faults.take(route.endpoint);
  entry.fault = fault?.kind;
  if (fault?.kind === 'delay' && !fault.afterProcessing) await wait(kernel.clock, fault.ms);
  entry.isProcessed = !forestallsWork(fault);
  const answer: Answer = entry.isProcessed ? work(exchange, route) : { status: 500, body: null };
  await sendWebhooks(kernel, reply, answer.webhooks ?? [], fault);
  await respond(exchange, answer, fault);
}

/** Answers a call that reaches no route, or that can't be read. */
export function refuse(kernel: Kernel, request: FastifyRequest, reply: FastifyReply, error: ApiError): void {
  send(open(kernel, request, reply), toErrorAnswer(error));
}

function open(kernel: Kernel, request: FastifyRequest, reply: FastifyReply): Exchange {
  const { authorization: _, ...headers } = headersOf(request);
  const entry: RequestRecord = {
    requestId: randomUUID(),
    receivedAt: kernel.clock.now(),
    method: request.method,
    path: request.raw.url ?? '/',
    endpoint: undefined,
    account: undefined,
    headers,
    body: typeof request.body === 'string' ? request.body : '',
    fault: undefined,
    isProcessed: false,
    status: undefined,
    abandonedAt: undefined,
  };
  remember(kernel.requests, entry, kernel.recordLimit);
  reply.header('Request-ID', entry.requestId);
  whenClosed(reply, () => {
    const { requestId, method, path, account, fault, status } = entry;
    if (!reply.raw.writableFinished && fault !== 'reset') entry.abandonedAt = kernel.clock.now();
    kernel.log({ kind: 'request', requestId, method, path, account, fault, status });
  });
  return { clock: kernel.clock, request, reply, entry };
}

function headersOf({ headers }: FastifyRequest): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
}

function admit(kernel: Kernel, { request, reply, entry }: Exchange, route: Route): void {
  const account = accountOf(headersOf(request));
  entry.account = account;
  const { isAllowed, headers } = kernel.rateLimit(`${route.endpoint} ${account}`);
  reply.headers(headers);
  if (!isAllowed) throw new ApiError(429, 'RATE_LIMIT_EXCEEDED', 'Too many requests to this endpoint: try again later');
}

function forestallsWork(fault: ApiFault | undefined): boolean {
  const isTotal = fault?.kind === 'hang' || fault?.kind === 'reset' || fault?.kind === 'status';
  return isTotal && !fault.afterProcessing;
}

function work({ request, entry }: Exchange, route: Route): Answer {
  try {
    const [, search = ''] = entry.path.split(/\?(.*)/s);
    const call: Call = {
      account: entry.account ?? '',
      params: request.params as Record<string, string>,
      query: new URLSearchParams(search),
      headers: entry.headers,
      body: readBody(entry.headers['content-type'], entry.body),
    };
    return route.handle(call);
  } catch (error) {
    return toErrorAnswer(error);
  }
}

/** Webhooks leave once the answer has, or at once where a fault keeps the answer back. */
async function sendWebhooks(
  kernel: Kernel,
  reply: FastifyReply,
  drafts: WebhookDraft[],
  fault: ApiFault | undefined,
): Promise<void> {
  const prepared = drafts.map((draft) => kernel.deliveries.prepare(draft));
  await Promise.all(prepared.filter(({ leavesBeforeAnswer }) => leavesBeforeAnswer).map((webhook) => webhook.leave()));
  const leave = () => {
    for (const webhook of prepared) webhook.leave();
  };
  if (fault?.kind === 'hang' || fault?.kind === 'delay') leave();
  else whenClosed(reply, leave);
}
