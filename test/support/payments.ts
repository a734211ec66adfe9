import { after, type TestContext, test } from 'node:test';
import { createTestClock, type TestClock } from '../../src/sandbox/clock.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import type { Scope } from './database.ts';
import { callbackToken, startGateway, type TestGateway } from './gateway.ts';
import { type Asking, done, mutate, type Result } from './mutations.ts';
import { sandboxOf } from './qr-codes.ts';

/** A payment request as the tests ask for it. */
export interface ShownRequest {
  id: string;
  status: string;
  version: number;
  type: string;
  amount: ShownMoney | null;
  channelCode: string;
  channelProperties: Record<string, unknown> | null;
  description: string | null;
  actions: { __typename: string; descriptor: string; value: string; image?: string | null }[];
  paymentToken: { id: string; status: string } | null;
}

export interface ShownMoney {
  amount: string;
  currency: string;
}

export interface CreatedRequest {
  alreadyProcessed: boolean;
  paymentRequest: ShownRequest;
}

export const requestFields = /* GraphQL */ `
  paymentRequest {
    id status version type amount { amount currency } channelCode channelProperties description
    actions { __typename descriptor value ... on PresentAction { image(size: 64) } }
    paymentToken { id status }
  }
`;

/** A QRIS code, paid once. */
export const qris = { qrCode: { code: 'QRIS' } };

/** A name that nothing else in the test has. */
export function newName(what: string): string {
  return `${what}-${crypto.randomUUID()}`;
}

/** Asks for a QRIS code of 15,000 rupiah, unless told otherwise; the key is made from the reference. */
export function askForRequest(gateway: Asking, changes: object = {}): Promise<Result<CreatedRequest>> {
  const referenceId = newName('order');
  const input = {
    referenceId,
    country: 'ID',
    currency: 'IDR',
    kind: { pay: { amount: '15000', channel: qris } },
    idempotencyKey: referenceId,
    ...changes,
  };
  return mutate<CreatedRequest>(gateway, 'createPaymentRequest', `alreadyProcessed ${requestFields}`, input);
}

/** Makes a payment request that must come to be. */
export async function createRequest(gateway: Asking, changes: object = {}): Promise<ShownRequest> {
  const result = await askForRequest(gateway, changes);
  return done(result.paymentRequest, result);
}

/** Pays a request with play money; over once its webhook has been taken in. */
export async function simulate(gateway: TestGateway, paymentRequestId: string, amount?: string): Promise<ShownRequest> {
  const input = { paymentRequestId, amount };
  const result = await mutate<CreatedRequest>(gateway, 'simulatePayment', requestFields, input);
  await sandboxOf(gateway).idle();
  return done(result.paymentRequest, result);
}

/** A payment request that is paid, with its payment. */
export async function paidRequest(
  gateway: TestGateway,
  changes: object = {},
): Promise<{ id: string; paymentId: string }> {
  const { id } = await createRequest(gateway, changes);
  await simulate(gateway, id);
  return { id, paymentId: await latestPaymentOf(gateway, id) };
}

/** The id of the newest payment of a request. */
export async function latestPaymentOf(gateway: Asking, id: string): Promise<string> {
  const { data } = await gateway.ask<{ paymentRequest: { latestPayment: { id: string } } }>(
    'query ($id: ID!) { paymentRequest(id: $id) { latestPayment { id } } }',
    { id },
  );
  return data?.paymentRequest.latestPayment.id ?? '';
}

/** A means of payment that its owner has agreed to: a card, unless told otherwise. */
export async function activeToken(gateway: TestGateway, code?: string): Promise<string> {
  const id = await createToken(gateway, code);
  await sandboxOf(gateway).payer.linkToken(id);
  return id;
}

/** Creates one that its payer has still to agree to. */
export async function createToken(gateway: TestGateway, code = 'CARDS'): Promise<string> {
  const input = {
    referenceId: newName('token'),
    country: 'ID',
    currency: 'IDR',
    channel: { other: { code, properties: {} } },
    idempotencyKey: newName('key'),
  };
  const result = await mutate<{ paymentToken: { id: string } }>(
    gateway,
    'createPaymentToken',
    'paymentToken { id }',
    input,
  );
  return done(result.paymentToken, result).id;
}

/** A card payment of 150,000 rupiah that is held and waits to be captured. */
export async function heldPayment(gateway: TestGateway): Promise<{ id: string; paymentId: string }> {
  const { id } = await createRequest(gateway, {
    captureMethod: 'MANUAL',
    kind: {
      payWithToken: {
        amount: '150000',
        paymentTokenId: await activeToken(gateway),
        channel: { other: { code: 'CARDS', properties: { skip_three_ds: true } } },
      },
    },
  });
  await sandboxOf(gateway).idle();
  return { id, paymentId: await latestPaymentOf(gateway, id) };
}

export interface OnClock {
  gateway: TestGateway;
  sandbox: Sandbox;
  clock: TestClock;
}

/** Tests of one file that share something that takes long to start. Each has to live with what the others have done before. */
export function onShared<T>(
  start: (scope: Scope) => Promise<T>,
): (name: string, run: (t: TestContext, shared: T) => Promise<void>) => void {
  const tidyings: (() => unknown)[] = [];
  const scope: Scope = { after: (tidyUp) => void tidyings.push(tidyUp) };
  let starting: Promise<T> | undefined;
  after(async () => {
    for (const tidyUp of tidyings.reverse()) await tidyUp();
  });
  return (name, run) => {
    test(name, async (t) => {
      starting ??= start(scope);
      await run(t, await starting);
    });
  };
}

/** A gateway whose Xendit has a clock that the test moves, and else stands still. */
export async function startOnClock(t: Scope, environment: Record<string, string> = {}): Promise<OnClock> {
  const clock = createTestClock(Date.now());
  const sandbox = await startSandbox({ clock, callbackToken });
  t.after(() => sandbox.close());
  const gateway = await startGateway(t, {
    XENDIT_BASE_URL: sandbox.url,
    XENDIT_SECRET_KEY: 'xnd_development_test',
    XENDIT_CALLBACK_TOKENS: callbackToken,
    ...environment,
  });
  sandbox.webhookUrl = `${gateway.url}/webhooks/xendit`;
  return { gateway: { ...gateway, sandbox }, sandbox, clock };
}
