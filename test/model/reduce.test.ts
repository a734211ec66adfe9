import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Instant, toInstant } from '../../src/model/instant.ts';
import type { Observation } from '../../src/model/observation.ts';
import { type Reduction, reduce, toResource } from '../../src/model/reduce.ts';
import type { Fields } from '../../src/model/resource.ts';

function at(day: number): Instant {
  return toInstant(`2024-01-0${day}T00:00:00Z`) ?? assert.fail();
}

function payment(status: string, day?: number, fields: Fields<'Payment'> = {}): Observation<'Payment'> {
  return { type: 'Payment', id: 'py-1', status, updated: day === undefined ? undefined : at(day), fields };
}

/** What the last of these observations did. */
function last(...observations: Observation[]): Reduction {
  let reduction: Reduction | undefined;
  for (const observation of observations) reduction = reduce(reduction?.state, observation, false);
  return reduction ?? assert.fail();
}

interface Told {
  status: string;
  version: number;
  kind: string | undefined;
  isStale: boolean;
  disagrees: boolean;
}

function outcome({ state: { status, version }, change, isStale, disagrees }: Reduction): Told {
  return { status, version, kind: change?.kind, isStale, disagrees };
}

const quiet = { kind: undefined, isStale: false, disagrees: false };
const stories: [string, Observation[], Told][] = [
  [
    'the first that is heard is version 1',
    [payment('PENDING', 1)],
    { ...quiet, status: 'PENDING', version: 1, kind: 'CREATED' },
  ],
  [
    'so is the first of which the status is not known',
    [payment('UNKNOWN', 1)],
    { ...quiet, status: 'UNKNOWN', version: 1, kind: 'CREATED' },
  ],
  [
    'a higher rank is a change of status, even with an older time',
    [payment('PENDING', 2), payment('SUCCEEDED', 1)],
    { ...quiet, status: 'SUCCEEDED', version: 2, kind: 'STATUS_CHANGED' },
  ],
  [
    'what is below the rank is stale, however new it claims to be',
    [payment('SUCCEEDED', 1), payment('PENDING', 2, { description: 'new' })],
    { ...quiet, status: 'SUCCEEDED', version: 1, isStale: true },
  ],
  [
    'at the rank, the same again tells nothing',
    [payment('PENDING', 1, { description: 'a' }), payment('PENDING', 2, { description: 'a' })],
    { ...quiet, status: 'PENDING', version: 1 },
  ],
  [
    'at the rank, something else that is shown is a change',
    [payment('PENDING', 1, { description: 'a' }), payment('PENDING', 2, { description: 'b' })],
    { ...quiet, status: 'PENDING', version: 2, kind: 'UPDATED' },
  ],
  [
    'at the rank, an older word on a known field tells nothing',
    [payment('PENDING', 2, { description: 'b' }), payment('PENDING', 1, { description: 'a' })],
    { ...quiet, status: 'PENDING', version: 1 },
  ],
  [
    'money may arrive after expiry',
    [payment('EXPIRED', 2), payment('SUCCEEDED', 3)],
    { ...quiet, status: 'SUCCEEDED', version: 2, kind: 'STATUS_CHANGED' },
  ],
  [
    'of two equals the later one stands, and Xendit should be asked',
    [payment('FAILED', 1), payment('EXPIRED', 2)],
    { status: 'EXPIRED', version: 2, kind: 'STATUS_CHANGED', isStale: false, disagrees: true },
  ],
  [
    'of two equals the earlier one gives way, and Xendit should be asked all the same',
    [payment('FAILED', 2), payment('EXPIRED', 1)],
    { ...quiet, status: 'FAILED', version: 1, disagrees: true },
  ],
  [
    'of two equals the one without a time gives way',
    [payment('FAILED', 1), payment('EXPIRED')],
    { ...quiet, status: 'FAILED', version: 1, disagrees: true },
  ],
  [
    'of two equals at one time the later in the alphabet stands',
    [payment('EXPIRED', 1), payment('FAILED', 1)],
    { status: 'FAILED', version: 2, kind: 'STATUS_CHANGED', isStale: false, disagrees: true },
  ],
  [
    'a status that says nothing is not stale, and adds what wasn’t known',
    [payment('SUCCEEDED', 1), payment('UNKNOWN', 2, { description: 'a' })],
    { ...quiet, status: 'SUCCEEDED', version: 2, kind: 'UPDATED' },
  ],
  [
    'a status that says nothing does not overrule what is known',
    [payment('SUCCEEDED', 1, { description: 'a' }), payment('UNKNOWN', 2, { description: 'b' })],
    { ...quiet, status: 'SUCCEEDED', version: 1 },
  ],
];

for (const [name, observations, expected] of stories) {
  test(name, () => assert.deepEqual(outcome(last(...observations)), expected));
}

test('a field keeps the word of the highest rank, whatever is told later', () => {
  const { state } = last(
    payment('PENDING', 3, { description: 'pending', channelCode: 'OVO' }),
    payment('SUCCEEDED', 1, { description: 'paid' }),
    payment('AUTHORIZED', 2, { description: 'authorized', channelCode: 'DANA', failureCode: 'NONE' }),
  );
  assert.deepEqual(state.fields, { description: 'paid', channelCode: 'DANA', failureCode: 'NONE' });
});

test('absent says nothing', () => {
  const { state, change } = last(
    payment('PENDING', 1, { description: 'a' }),
    payment('PENDING', 2, { description: undefined }),
  );
  assert.deepEqual(state.fields, { description: 'a' });
  assert.equal(change, undefined);
});

const lifts: [string, Observation['cause'], boolean, Told][] = [
  [
    'a payment lifts its code to a version',
    { type: 'QrPayment', id: 'qrpy_1' },
    true,
    { ...quiet, status: 'ACTIVE', version: 2, kind: 'PAYMENT' },
  ],
  [
    'a refund does too',
    { type: 'Refund', id: 'rfd-1' },
    true,
    { ...quiet, status: 'ACTIVE', version: 2, kind: 'REFUND' },
  ],
  [
    'a payment that is no news lifts nothing',
    { type: 'QrPayment', id: 'qrpy_1' },
    false,
    { ...quiet, status: 'ACTIVE', version: 1 },
  ],
];

for (const [name, cause, causeAdvanced, expected] of lifts) {
  test(name, () => {
    const code: Observation = { type: 'QrCode', id: 'qr_1', status: 'ACTIVE', updated: at(1), fields: {} };
    const { state } = reduce(undefined, code, false);
    assert.deepEqual(
      outcome(reduce(state, { ...code, ...(cause && { cause }) } as Observation, causeAdvanced)),
      expected,
    );
  });
}

test('a payment lifts its code even when the code’s own status is overtaken', () => {
  const code: Observation = { type: 'QrCode', id: 'qr_1', status: 'INACTIVE', updated: at(1), fields: {} };
  const { state } = reduce(undefined, code, false);
  const paid: Observation = { ...code, status: 'ACTIVE', cause: { type: 'QrPayment', id: 'qrpy_1' } };
  assert.deepEqual(outcome(reduce(state, paid, true)), { ...quiet, status: 'INACTIVE', version: 2, kind: 'PAYMENT' });
});

test('a resource shows the fields, and nothing of the stamps', () => {
  const { state } = last(payment('PENDING', 1, { description: 'a' }));
  assert.deepEqual(toResource('account', state), {
    __typename: 'Payment',
    account: 'account',
    id: 'py-1',
    status: 'PENDING',
    version: 1,
    description: 'a',
  });
});

/** What Xendit says of a request, and what a payment says of it. */
function request(type: string | undefined, status = 'REQUIRES_ACTION'): Observation<'PaymentRequest'> {
  return { type: 'PaymentRequest', id: 'pr-1', status, updated: at(1), fields: { type, xenditStatus: status } };
}

function paid(paidOnce: 'SAID' | 'UNSAID', day = 2): Observation<'PaymentRequest'> {
  const fields = { latestPaymentId: `py-${day}` };
  return { type: 'PaymentRequest', id: 'pr-1', status: 'SUCCEEDED', updated: at(day), fields, paidOnce };
}

const requests: [string, Observation[], status: string, asks: boolean][] = [
  ['known to be paid once is lifted by any payment', [request('PAY'), paid('UNSAID')], 'SUCCEEDED', false],
  ['that expired is lifted too', [request('PAY', 'EXPIRED'), paid('UNSAID')], 'SUCCEEDED', false],
  ['not known is lifted by a payment that knows it to be paid once', [paid('SAID')], 'SUCCEEDED', false],
  ['not known is not lifted by another payment, but asked about', [paid('UNSAID')], 'UNKNOWN', true],
  [
    'known to be reusable is lifted by no payment',
    [request('REUSABLE_PAYMENT_CODE', 'ACCEPTING_PAYMENTS'), paid('SAID'), paid('UNSAID', 3)],
    'ACCEPTING_PAYMENTS',
    false,
  ],
  ['of a strange type waits for its own word', [request('SHINY'), paid('UNSAID')], 'REQUIRES_ACTION', true],
];

for (const [name, story, status, asks] of requests) {
  test(`a request ${name}, in any order`, () => {
    assert.deepEqual([last(...story).state.status, last(...story).disagrees], [status, asks]);
    assert.equal(last(...story.toReversed()).state.status, status);
  });
}

test('a request that a payment has told of is lifted once it says that it is paid once', () => {
  const { state, change } = last(paid('UNSAID'), request('PAY'));
  assert.deepEqual([state.status, change?.from, change?.to], ['SUCCEEDED', 'UNKNOWN', 'SUCCEEDED']);
});

test('of a request’s latest payment the later word counts, whoever says it', () => {
  const own = { ...request('REUSABLE_PAYMENT_CODE', 'ACCEPTING_PAYMENTS'), updated: at(3) };
  const said = { ...own, fields: { ...own.fields, latestPaymentId: 'py-3' } };
  for (const story of [
    [paid('UNSAID'), said],
    [said, paid('UNSAID')],
  ]) {
    assert.equal(last(...story).state.fields.latestPaymentId, 'py-3');
  }
  assert.equal(last(said, paid('UNSAID', 4)).state.fields.latestPaymentId, 'py-4');
});
