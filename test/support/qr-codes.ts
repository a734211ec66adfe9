import assert from 'node:assert/strict';
import type { Sandbox } from '../../src/sandbox/server.ts';
import type { TestGateway } from './gateway.ts';

/** Whoever can be asked: a gateway, or one over a transport. */
export interface Asking {
  ask<T>(query: string, variables?: object): Promise<{ data?: T | null; errors?: unknown }>;
}

/** A failure as data, with what some of them have. */
export interface Failure {
  __typename: string;
  code: string;
  message: string;
  requestId: string;
  retryable: boolean;
  xenditCode: string | null;
  fields?: { path: string[]; message: string }[];
  retryAfterMs?: number;
  reference?: string;
}

export interface Created extends Failure {
  alreadyProcessed?: boolean;
  qrCode?: {
    id: string;
    externalId: string;
    type: string;
    status: string;
    version: number;
    amount: { amount: string; currency: string } | null;
    callbackUrl: string;
    metadata: unknown;
  };
}

export interface Paid extends Failure {
  qrPayment?: { id: string; status: string; amount: { amount: string; currency: string } };
}

/** What a mutation's result shows of a failure. */
export const failure = /* GraphQL */ `
  ... on Failure { code message requestId retryable xenditCode }
  ... on InvalidInput { fields { path message } }
  ... on Throttled { retryAfterMs }
  ... on OutcomeUnknown { reference }
`;
const creation = /* GraphQL */ `
  mutation ($input: CreateQrCodeInput!) {
    createQrCode(input: $input) {
      __typename
      ... on CreateQrCodePayload {
        alreadyProcessed
        qrCode { id externalId type status version amount { amount currency } callbackUrl metadata }
      }
      ${failure}
    }
  }
`;
const payment = /* GraphQL */ `
  mutation ($input: SimulateQrPaymentInput!) {
    simulateQrPayment(input: $input) {
      __typename
      ... on SimulateQrPaymentPayload { qrPayment { id status amount { amount currency } } }
      ${failure}
    }
  }
`;

/** Asks for a DYNAMIC code of 15,000 rupiah, unless told otherwise; the key is made from the external id. */
export async function askForCode(gateway: Asking, input: { externalId: string; [field: string]: unknown }) {
  const whole = { type: 'DYNAMIC', amount: '15000', idempotencyKey: `key of ${input.externalId}`, ...input };
  const { data, errors } = await gateway.ask<{ createQrCode: Created }>(creation, { input: whole });
  return data?.createQrCode ?? assert.fail(JSON.stringify(errors));
}

/** Pays with play money. */
export async function askForPayment(gateway: Asking, input: { externalId: string; [field: string]: unknown }) {
  const { data, errors } = await gateway.ask<{ simulateQrPayment: Paid }>(payment, { input });
  return data?.simulateQrPayment ?? assert.fail(JSON.stringify(errors));
}

/** Makes a code that must come to be. */
export async function createCode(gateway: Asking, externalId: string, type = 'DYNAMIC') {
  const { qrCode, message } = await askForCode(gateway, { externalId, type });
  return qrCode ?? assert.fail(message);
}

/** Pays a code, which must work; the id of the payment. */
export async function payCode(gateway: Asking, externalId: string, amount?: string): Promise<string> {
  const { qrPayment, message } = await askForPayment(gateway, { externalId, amount });
  return qrPayment?.id ?? assert.fail(message);
}

/** The calls that the sandbox was sent, as `GET /qr_codes/order-1`. */
export function callsTo({ record }: Sandbox): string[] {
  return record.requests.map(({ method, path }) => `${method} ${path}`);
}

/** The gateway's sandbox, which a gateway without a key always has. */
export function sandboxOf({ sandbox }: Pick<TestGateway, 'sandbox'>): Sandbox {
  return sandbox ?? assert.fail('no sandbox');
}
