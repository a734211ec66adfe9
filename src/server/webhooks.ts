import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../errors.ts';
import { accountPattern } from '../model/account.ts';
import { createMemo } from '../model/memo.ts';

/** A delivery as it stands in the request. */
export interface IncomingDelivery {
  account: string;
  callbackToken: string | string[] | undefined;
  webhookId: string | undefined;
  body: Uint8Array;
  receivedAt: Date;
}

export interface WebhookRoom {
  /** @throws GatewayError UNAUTHENTICATED nothing proves that it is sent to this account by Xendit. */
  prove(account: string, callbackToken: string | string[] | undefined): void;
  /** Returns once the delivery is committed. @throws GatewayError UNAUTHENTICATED, or STORE_UNAVAILABLE: deliver it again. */
  receive(delivery: IncomingDelivery): Promise<{ outcome: string; eventId: string | undefined }>;
  /** Told of each delivery whose sender isn't proved. It must not throw. */
  onRefused(): void;
  /**
   * Told of each answer that was sent. It must not throw.
   *
   * @param outcome what became of the delivery; undefined where it wasn't taken in.
   */
  onAnswered(status: number, outcome: string | undefined, durationMs: number): void;
  /** A body at most, in bytes. */
  maxBytes: number;
}

const retryAfterS = 5;
/** Takes deliveries in at `POST /webhooks/xendit` and `POST /webhooks/xendit/{account}`. */
export async function serveWebhooks(http: FastifyInstance, room: WebhookRoom): Promise<void> {
  const { prove, receive, onRefused, onAnswered, maxBytes } = room;
  const outcomes = createMemo<FastifyRequest, string>();
  await http.register(async (routes) => {
    routes.removeAllContentTypeParsers();
    // What Xendit sends has a name of its own, since Fastify remembers how to read that, and of the others finds it out each time.
    const parsed = ['application/json', '*'];
    routes.addContentTypeParser(parsed, { parseAs: 'buffer', bodyLimit: maxBytes }, (_request, body, done) =>
      done(null, body),
    );
    // Before the body is read: a stranger's bytes are not worth reading.
    routes.addHook('onRequest', (request, reply, done) => {
      try {
        prove(accountOf(request), tokenOf(request));
      } catch (error) {
        onRefused();
        refuse(request, reply, error);
        return;
      }
      if (request.headers['content-encoding'] === undefined) done();
      else answer(request, reply, 415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body without a content-encoding');
    });
    routes.addHook('onResponse', (request, reply, done) => {
      onAnswered(reply.statusCode, outcomes.get(request), reply.elapsedTime);
      done();
    });
    const deliver = async (request: FastifyRequest, reply: FastifyReply) => {
      try {
        const { outcome, eventId } = await receive({
          account: accountOf(request),
          callbackToken: tokenOf(request),
          webhookId: single(request.headers['webhook-id']),
          body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
          receivedAt: new Date(),
        });
        outcomes.set(request, outcome);
        return { outcome, id: eventId };
      } catch (error) {
        return refuse(request, reply, error);
      }
    };
    const options = { bodyLimit: maxBytes };
    routes.post('/webhooks/xendit', options, deliver);
    // Whatever else stands there is another address.
    routes.post(`/webhooks/xendit/:account(${accountPattern.source})`, options, deliver);
  });
}

/** Empty for the owner of the secret key. */
function accountOf({ params }: FastifyRequest): string {
  return (params as { account?: string }).account ?? '';
}

const tokenHeader = 'x-callback-token';

/** A list where the header was sent more than once, which nobody honest does: elsewhere Node has made one token of them. */
function tokenOf({ raw: { rawHeaders } }: FastifyRequest): string | string[] | undefined {
  const isName = (text = '') => text.length === tokenHeader.length && text.toLowerCase() === tokenHeader;
  // Names and values in turn.
  const tokens = rawHeaders.filter((_, index) => index % 2 === 1 && isName(rawHeaders[index - 1]));
  return tokens.length > 1 ? tokens : tokens[0];
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function refuse(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  if (!(error instanceof GatewayError)) throw error;
  if (error.code === 'UNAUTHENTICATED') return answer(request, reply, 401, error.code, error.message);
  request.log.error({ err: error, code: error.code }, 'a delivery could not be kept');
  return answer(request, reply.header('retry-after', retryAfterS), 503, error.code, error.message);
}

/** What is left of the body is not read. */
function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  code: string,
  message: string,
): FastifyReply {
  return reply.code(status).header('connection', 'close').send({ code, message, requestId: request.id });
}
