import assert from 'node:assert/strict';
import type { Endpoint } from '../../src/sandbox/endpoints.ts';
import type { RequestRecord } from '../../src/sandbox/record.ts';
import { onEachSharedGateway, type TestGateway } from '../support/gateway.ts';
import { mutate } from '../support/mutations.ts';
import { heldPayment, newName, paidRequest, qris } from '../support/payments.ts';
import { createCode, payCode, sandboxOf } from '../support/qr-codes.ts';

const testOnBoth = onEachSharedGateway();

/** Something that is done once for each key. */
interface Making {
  name: string;
  endpoint: Endpoint;
  /** What it shows of what was made. */
  payload: string;
  /** An input without its key, and another one. */
  inputs(gateway: TestGateway): Promise<[input: object, other: object]>;
}

interface Made {
  alreadyProcessed: boolean;
}

const basics = () => ({ referenceId: newName('order'), country: 'ID', currency: 'IDR' });

const makings: Making[] = [
  {
    name: 'createQrCode',
    endpoint: 'POST /qr_codes',
    payload: 'qrCode { id }',
    inputs: async () => {
      const input = { externalId: newName('code'), type: 'DYNAMIC' };
      return [
        { ...input, amount: '15000' },
        { ...input, amount: '16000' },
      ];
    },
  },
  {
    name: 'createPaymentRequest',
    endpoint: 'POST /v3/payment_requests',
    payload: 'paymentRequest { id }',
    inputs: async () => {
      const input = basics();
      const ofAmount = (amount: string) => ({ ...input, kind: { pay: { amount, channel: qris } } });
      return [ofAmount('15000'), ofAmount('16000')];
    },
  },
  {
    name: 'createPaymentSession',
    endpoint: 'POST /sessions',
    payload: 'paymentSession { id }',
    inputs: async () => {
      const input = { ...basics(), sessionType: 'PAY', mode: 'PAYMENT_LINK' };
      return [
        { ...input, amount: '15000' },
        { ...input, amount: '16000' },
      ];
    },
  },
  {
    name: 'createPaymentToken',
    endpoint: 'POST /v3/payment_tokens',
    payload: 'paymentToken { id }',
    inputs: async () => {
      const input = basics();
      const ofPhone = (mobileNumber: string) => ({ ...input, channel: { ewallet: { code: 'OVO', mobileNumber } } });
      return [ofPhone('+6281234567890'), ofPhone('+6281234567891')];
    },
  },
  {
    name: 'capturePayment',
    endpoint: 'POST /v3/payments/:payment_id/capture',
    payload: 'payment { id }',
    inputs: async (gateway) => {
      const { paymentId: id } = await heldPayment(gateway);
      return [
        { id, amount: '1000' },
        { id, amount: '2000' },
      ];
    },
  },
  {
    name: 'createRefund',
    endpoint: 'POST /refunds',
    payload: 'refund { id }',
    inputs: async (gateway) => {
      const { id: paymentRequestId } = await paidRequest(gateway);
      const input = { of: { paymentRequestId }, reason: 'OTHERS' };
      return [
        { ...input, amount: '1000' },
        { ...input, amount: '2000' },
      ];
    },
  },
  {
    name: 'createRefund',
    endpoint: 'POST /qr_codes/payments/:qrpy_id/refunds',
    payload: 'refund { id }',
    inputs: async (gateway) => {
      const { externalId } = await createCode(gateway, newName('code'));
      const input = { of: { qrPaymentId: await payCode(gateway, externalId) }, reason: 'OTHERS' };
      return [
        { ...input, amount: '1000' },
        { ...input, amount: '2000' },
      ];
    },
  },
  {
    name: 'createCustomer',
    endpoint: 'POST /customers',
    payload: 'customer { id }',
    inputs: async () => {
      const referenceId = newName('siti');
      return [{ customer: { referenceId, givenNames: 'Siti' } }, { customer: { referenceId, givenNames: 'Ayu' } }];
    },
  },
];

function callsOf(gateway: TestGateway, endpoint: Endpoint): RequestRecord[] {
  return sandboxOf(gateway).record.requests.filter((request) => request.endpoint === endpoint);
}

for (const { name, endpoint, payload, inputs } of makings) {
  testOnBoth(`twenty at once with one key are one ${endpoint} and one answer`, async (_t, gateway) => {
    const [input, other] = await inputs(gateway);
    const idempotencyKey = newName('key');
    const before = callsOf(gateway, endpoint).length;
    const make = (what: object) =>
      mutate<Made>(gateway, name, `alreadyProcessed ${payload}`, { ...what, idempotencyKey });
    const answers = await Promise.all(Array.from({ length: 20 }, () => make(input)));
    // Who comes when it has just been done is told so.
    const answer = answers.find(({ alreadyProcessed }) => !alreadyProcessed) ?? assert.fail();
    assert.match(answer.__typename, /Payload$/);
    for (const each of answers) assert.deepEqual({ ...each, alreadyProcessed: false }, answer);
    assert.equal((await make(other)).__typename, 'Conflict');
    assert.deepEqual(await make(input), { ...answer, alreadyProcessed: true });
    assert.equal(callsOf(gateway, endpoint).length, before + 1);
  });
}

for (const { name, endpoint, payload, inputs } of makings) {
  // Where Xendit honours a key, the gateway may send again what it can't find.
  if (endpoint !== 'POST /refunds' && endpoint !== 'POST /customers') continue;
  testOnBoth(`what is sent again to ${endpoint} has the same key and is the same to the byte`, async (_t, gateway) => {
    const [input] = await inputs(gateway);
    const idempotencyKey = newName('key');
    const before = callsOf(gateway, endpoint).length;
    const make = () => mutate(gateway, name, `alreadyProcessed ${payload}`, { ...input, idempotencyKey });
    sandboxOf(gateway).faults.next(endpoint, { kind: 'reset' });
    assert.equal((await make()).__typename, 'OutcomeUnknown');
    assert.match((await make()).__typename, /Payload$/);
    const sent = callsOf(gateway, endpoint).slice(before);
    assert.equal(sent.length, 2);
    const [first, second] = sent.map(({ body, headers }) => [body, headers['idempotency-key']]);
    assert.ok(first?.every((each) => each !== undefined && each.length > 0));
    assert.deepEqual(second, first);
  });
}
