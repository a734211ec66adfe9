import type { TestContext } from 'node:test';
import type { JsonObject } from '../../src/model/json.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/server.ts';
import { call, type Receiver, type Reply, start, startReceiver } from './support.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** A sandbox whose dashboard names a webhook endpoint. */
export async function startV3(
  t: TestContext,
  options: SandboxOptions = {},
): Promise<{ sandbox: Sandbox; receiver: Receiver }> {
  const receiver = await startReceiver(t);
  return { receiver, sandbox: await start(t, { webhookUrl: receiver.url, ...options }) };
}

/** Calls version 3. */
export function v3(sandbox: Sandbox, method: string, path: string, body?: object, headers = {}): Promise<Reply> {
  return call(sandbox, method, `/v3${path}`, body, { 'api-version': '2024-11-11', ...headers });
}

/** A valid body of POST /v3/payment_requests: a QRIS code of 25,000 rupiah. */
export function newPaymentRequest(changes: object = {}): Record<string, unknown> {
  return {
    reference_id: 'order-1',
    type: 'PAY',
    country: 'ID',
    currency: 'IDR',
    request_amount: 25000,
    channel_code: 'QRIS',
    channel_properties: {},
    ...changes,
  };
}

/** Creates a payment request, and says its id. */
export async function createRequest(sandbox: Sandbox, changes: object = {}): Promise<string> {
  const { status, text, body } = await v3(sandbox, 'POST', '/payment_requests', newPaymentRequest(changes));
  if (status !== 201) throw new Error(text);
  return body.payment_request_id as string;
}

/** The payment request as it is now. */
export async function readRequest(sandbox: Sandbox, id: string): Promise<JsonObject> {
  return (await v3(sandbox, 'GET', `/payment_requests/${id}`)).body as JsonObject;
}

/** Pays a request by simulating, and gives the payment, once its webhook has been tried. */
export async function simulate(sandbox: Sandbox, id: string, body: object = {}): Promise<JsonObject> {
  await v3(sandbox, 'POST', `/payment_requests/${id}/simulate`, body);
  await sandbox.idle();
  const { latest_payment_id } = await readRequest(sandbox, id);
  return (await v3(sandbox, 'GET', `/payments/${latest_payment_id}`)).body as JsonObject;
}

/** A card, saved: what a card payment is made with. */
export async function saveCard(sandbox: Sandbox, changes: object = {}): Promise<string> {
  const wanted = {
    reference_id: 'card-1',
    country: 'ID',
    currency: 'IDR',
    channel_code: 'CARDS',
    channel_properties: {},
  };
  const { body } = await v3(sandbox, 'POST', '/payment_tokens', { ...wanted, ...changes });
  const id = body.payment_token_id as string;
  await call(sandbox, 'POST', `/sandbox/payment_tokens/${id}/activate`);
  await sandbox.idle();
  return id;
}

/** The webhooks sent so far, each with what it says. */
export function told({ record }: Sandbox): { event: string; data: JsonObject; body: JsonObject }[] {
  return record.deliveries.map(({ event, body }) => {
    const parsed = JSON.parse(body) as JsonObject;
    return { event, data: parsed.data as JsonObject, body: parsed };
  });
}

/** Their events. */
export function events(sandbox: Sandbox): string[] {
  return sandbox.record.deliveries.map(({ event }) => event);
}
