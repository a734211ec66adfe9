import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { CommandError } from './command-error.ts';
import type { GatewayClient } from './gateway-client.ts';

/** A payment request after something happened to it. */
export interface RequestNews {
  paymentRequest: { id: string; status: string };
  /** The payment whose news it is. */
  payment?: { id: string; status: string } | null;
}

/** Listens to one payment request. */
export interface PaymentNews {
  /** The next news of a payment. @throws CommandError NOT_HEARD none came in time. */
  next(): Promise<RequestNews>;
  close(): Promise<void>;
}

/**
 * @param waitMs for the news, from now on.
 * @returns once it listens, so that nothing is missed that happens from then on.
 * @throws CommandError the gateway doesn't let it listen, with the gateway's own code.
 */
export async function listenForPayment(
  { url, proof }: GatewayClient,
  paymentRequestId: string,
  waitMs: number,
): Promise<PaymentNews> {
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: proof,
    retryAttempts: 0,
  });
  const messages = client.iterate<{ paymentRequestChanged: RequestNews }>({
    query: `subscription ($id: ID!) {
      paymentRequestChanged(id: $id) { paymentRequest { id status } payment { id status } }
    }`,
    variables: { id: paymentRequestId },
  });
  const timer = setTimeout(() => void messages.return?.(), waitMs);
  const next = async () => {
    const { done, value } = await messages.next().catch((error: unknown) => {
      throw toCommandError(error);
    });
    if (done) throw new CommandError('NOT_HEARD', `No payment of ${paymentRequestId} was heard of in ${waitMs} ms`);
    const [error] = value.errors ?? [];
    if (error !== undefined) throw new CommandError(String(error.extensions?.code ?? 'FAILED'), error.message);
    return value.data?.paymentRequestChanged as RequestNews;
  };
  const close = async () => {
    clearTimeout(timer);
    await client.dispose();
  };
  try {
    await next(); // The present.
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async next() {
      for (;;) {
        const news = await next();
        if (news.payment) return news;
      }
    },
    close,
  };
}

/** The socket was closed, as one is of whoever isn't let in, or never opened. */
function toCommandError(error: unknown): CommandError {
  const { reason, message } = error as { reason?: string; message?: string };
  return new CommandError(
    'UNREACHABLE',
    `The gateway does not let this listen: ${reason || message || 'the socket was closed'}`,
  );
}
