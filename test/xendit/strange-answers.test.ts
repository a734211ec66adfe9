import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { GatewayError } from '../../src/errors.ts';
import { canonicalJson, isJsonObject, type Json, parseJson, rawNumber } from '../../src/model/json.ts';
import type { Observation } from '../../src/model/observation.ts';
import { reduce } from '../../src/model/reduce.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { getBalance } from '../../src/xendit/balance.ts';
import type { XenditClient } from '../../src/xendit/client.ts';
import * as customers from '../../src/xendit/customers.ts';
import * as requests from '../../src/xendit/payment-requests.ts';
import * as sessions from '../../src/xendit/payment-sessions.ts';
import * as tokens from '../../src/xendit/payment-tokens.ts';
import * as payments from '../../src/xendit/payments.ts';
import * as codes from '../../src/xendit/qr-codes.ts';
import * as qrRefunds from '../../src/xendit/qr-refunds.ts';
import * as refunds from '../../src/xendit/refunds.ts';
import * as transactions from '../../src/xendit/transactions.ts';
import { json, openClient, playXendit } from './playing-xendit.ts';

/** What a call gives: observations, or something else that only has to be read. */
type Call = (xendit: XenditClient) => Promise<object>;

const basics = { country: 'ID', currency: 'IDR', channelProperties: {} };
const individual = { givenNames: 'Siti' };

/** One call after the other of a merchant's day, each by the ids that the ones before gave. */
async function day(run: (call: Call) => Promise<object>): Promise<void> {
  const idOf = (found: object) => (found as { id: string }[])[0]?.id ?? '';
  const asked = { ...basics, referenceId: 'order-1', type: 'PAY', amount: '15000', channelCode: 'QRIS' } as const;
  const request = idOf(await run((xendit) => requests.createPaymentRequest(xendit, '', asked)));
  await run((xendit) => requests.simulatePayment(xendit, '', { paymentRequestId: request }));
  const found = await run((xendit) => requests.getPaymentRequest(xendit, '', request));
  const [{ fields }] = found as [Observation<'PaymentRequest'>];
  await run((xendit) => payments.getPayment(xendit, '', fields.latestPaymentId ?? ''));
  const refund = { paymentRequestId: request, reason: 'OTHERS', referenceId: 'refund-1' };
  const refundId = idOf(await run((xendit) => refunds.createRefund(xendit, '', refund, 'key-1')));
  await run((xendit) => refunds.getRefund(xendit, '', refundId));
  await run((xendit) => refunds.listRefunds(xendit, '', { paymentRequestId: request, maxPages: 2 }));
  const ovo = { ...basics, channelCode: 'OVO', channelProperties: { account_mobile_number: '+6281234567890' } };
  const token = idOf(await run((xendit) => tokens.createPaymentToken(xendit, '', { ...ovo, referenceId: 'token-1' })));
  await run((xendit) => tokens.getPaymentToken(xendit, '', token));
  await run((xendit) => tokens.cancelPaymentToken(xendit, '', token));
  const session = idOf(
    await run((xendit) =>
      sessions.createPaymentSession(xendit, '', {
        ...{ referenceId: 'session-1', sessionType: 'PAY', mode: 'PAYMENT_LINK', amount: '15000' },
        ...{ currency: 'IDR', country: 'ID' },
      }),
    ),
  );
  await run((xendit) => sessions.getPaymentSession(xendit, '', session));
  await run((xendit) => sessions.cancelPaymentSession(xendit, '', session));
  const code = { externalId: 'code-1', type: 'DYNAMIC', amount: '15000', callbackUrl: 'http://127.0.0.1:9/' } as const;
  await run((xendit) => codes.createQrCode(xendit, '', code));
  await run((xendit) => codes.getQrCode(xendit, '', code));
  const qrPaymentId = idOf(await run((xendit) => codes.simulateQrPayment(xendit, '', code)));
  await run((xendit) => codes.listQrPayments(xendit, '', code));
  await run((xendit) => qrRefunds.createQrRefund(xendit, '', { qrPaymentId }, 'key-2'));
  await run((xendit) => qrRefunds.listQrRefunds(xendit, '', { qrPaymentId }));
  const customer = { referenceId: 'customer-1', type: 'INDIVIDUAL', individual } as const;
  const made = (await run((xendit) => customers.createCustomer(xendit, '', customer, 'key-3'))) as { id: string };
  await run((xendit) => customers.getCustomer(xendit, '', made.id));
  await run((xendit) => customers.findCustomers(xendit, '', 'customer-1'));
  await run((xendit) => getBalance(xendit, ''));
  await run((xendit) => transactions.listTransactions(xendit, '', {}));
}

const strangers: Json[] = [
  ...[null, true, false, 0, -1, 1.5, '', ' ', 'SHINY_NEW_VALUE', '\0', '\ud800', '1e999', 'x'.repeat(1_000)],
  ...[rawNumber('1e400'), rawNumber('9007199254740993'), rawNumber('0.1000000000000000055'), rawNumber('-0')],
  ...[[], {}, [null], [[]], [{}], { a: 1 }, JSON.parse('{"__proto__":{"polluted":true}}') as Json],
  parseJson('['.repeat(500) + ']'.repeat(500)),
];

type Parent = Record<string, Json | undefined>;

/** Every place in a body, as the object or list that it is in and its name there. */
function placesIn(value: Json | undefined): [parent: Parent, name: string][] {
  if (!isJsonObject(value) && !Array.isArray(value)) return [];
  // A list is an object of its positions.
  const parent = value as Parent;
  return Object.keys(parent).flatMap((name) => [[parent, name] as [Parent, string], ...placesIn(parent[name])]);
}

const change = fc.record({
  at: fc.nat(1_000_003),
  how: fc.oneof(
    fc.constantFrom(...strangers).map((value) => ({ value })),
    fc.constant('DROP'),
    fc.constant('ADD'),
  ),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** The same body with something strange in some places. */
function distort(text: string, changes: readonly Change[]): string {
  const root: Parent = { body: parseJson(text) };
  for (const { at, how } of changes) {
    const places = placesIn(root);
    const [parent, name] = places[at % places.length] ?? [root, 'body'];
    if (how === 'ADD') Object.assign(parent, { shiny_new_field: { a: [1] } });
    else if (how === 'DROP' && Array.isArray(parent)) parent.splice(Number(name), 1);
    else if (how === 'DROP') delete parent[name];
    else Object.assign(parent, { [name]: copyOf((how as { value: Json }).value) });
  }
  return JSON.stringify(root.body) ?? '';
}

/** A copy, so that a later change doesn't reach into the list of strangers. */
function copyOf(value: Json): Json {
  return parseJson(JSON.stringify(value));
}

/** Whatever was read can be taken into the ledger's state and printed. */
function assertDigestible(found: object): void {
  for (const each of Array.isArray(found) ? found : [found]) {
    const text = canonicalJson('fields' in each ? reduce(undefined, each as Observation, false).state : each);
    assert.equal(canonicalJson(parseJson(text)), text);
  }
}

test('whatever Xendit answers is read or refused in our own words, and nothing else happens', async (t) => {
  const sandbox = await startSandbox({ requestsPerMinute: 1_000_000 });
  t.after(() => sandbox.close());
  let distortion: { text: string; status: number } | undefined;
  let real = { text: '', status: 0, method: '' };
  const server = await playXendit(t, async (response, { method, url, headers, body }) => {
    if (distortion !== undefined) return json(response, distortion.status, distortion.text);
    const { host: _, connection: __, 'content-length': ___, 'transfer-encoding': ____, ...kept } = headers;
    const passed = { method, headers: kept as Record<string, string>, ...(body === '' ? {} : { body }) };
    const answer = await fetch(sandbox.url + url, passed);
    real = { text: await answer.text(), status: answer.status, method };
    json(response, real.status, real.text);
  });
  const xendit = openClient(t, server.url);
  let read = 0;
  let refused = 0;
  await day(async (call) => {
    const found = await call(xendit);
    await sandbox.idle();
    const { text, status, method } = real;
    const isAllowed = (code: string) => code === (method === 'GET' ? 'UPSTREAM_PROTOCOL' : 'OUTCOME_UNKNOWN');
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        distortion = { text: distort(text, changes), status };
        try {
          assertDigestible(await call(xendit));
          read += 1;
        } catch (error) {
          assert.ok(error instanceof GatewayError && isAllowed(error.code), error as Error);
          refused += 1;
        }
      }),
      { numRuns: 100 },
    );
    distortion = undefined;
    return found;
  });
  t.diagnostic(`${read} strange answers were read, ${refused} refused`);
  assert.ok(read > 100 && refused > 100);
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
});
