import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readEvent } from '../../src/webhook/event.ts';
import { delivery, lines, read, sample, sampleObject } from './deliveries.ts';

const v1 = sampleObject('qr.payment.v1.json');
const v3 = sampleObject('payment.capture.v3.json');

/** The outcome and the reason of a letter that nothing was read from. */
function unread(body: unknown) {
  const { observations, letter } = read(body);
  assert.deepEqual(observations, []);
  assert.equal(letter.subject, undefined);
  return letter.unread;
}

test('what can’t be read is quarantined, with a reason that quotes none of it', () => {
  const qrCode = { id: 'qr_1', type: 'DYNAMIC' };
  const table: [body: unknown, reason: RegExp][] = [
    ['', /not JSON/],
    ['{"event":"qr.payment","secret', /not JSON/],
    [new Uint8Array([0x7b, 0xff, 0x7d]), /not UTF-8/],
    ['null', /no JSON object/],
    ['[]', /no JSON object/],
    ['5', /no JSON object/],
    ['1e400', /no JSON object/],
    ['"qr.payment"', /no JSON object/],
    [{}, /no event name/],
    [{ event: 5 }, /no event name/],
    [{ event: '' }, /no event name/],
    [{ event: 'a\0b' }, /no event name/],
    [{ event: 'x'.repeat(256) }, /no event name/],
    [{ event: 'qr.payment' }, /no id/],
    [{ event: 'qr.payment', data: { id: 'qrpy_1', amount: 1 } }, /no qr_id/],
    [{ ...v1, id: 5 }, /no id/],
    [{ ...v1, id: 'a\0b' }, /id is no id/],
    [{ ...v1, id: 'x'.repeat(256) }, /id is no id/],
    ['{"event":"qr.payment","id":"\\ud800","amount":1,"qr_code":{"id":"qr_1"}}', /id is no id/],
    [{ ...v1, qr_code: {} }, /no id/],
    [{ ...v1, amount: undefined }, /no amount/],
    [{ event: 'qr.payment', id: 'qrpy_1', amount: null, qr_code: qrCode }, /no amount/],
    [{ ...v1, amount: 'ten' }, /an amount/],
    [{ ...v1, amount: true }, /an amount/],
    [{ ...v1, amount: {} }, /an amount/],
    [JSON.stringify(v1).replace('1500', '1e400'), /an amount/],
    [{ event: 'qr.payment', data: { id: 'qrpy_1', qr_id: 'qr_1', amount: 1 } }, /without currency/],
    [{ event: 'payment.capture', data: { status: 'SUCCEEDED' } }, /no id/],
    [{ ...v3, data: { ...v3.data, request_amount: 'NaN' } }, /an amount/],
    [{ ...v3, data: { ...v3.data, payment_request_id: 'a\0b' } }, /payment_request_id is no id/],
    [{ event: 'payment_request.expiry', data: null }, /no payment_request_id/],
    [{ event: 'payment_session.completed', data: [] }, /no payment_session_id/],
    [{ event: 'payment_token.activation', data: 'x' }, /no payment_token_id/],
    [{ event: 'refund.succeeded', data: { event: 'refund.succeeded', data: {} } }, /no id/],
    [{ event: 'capture.succeeded', data: {} }, /no id/],
    [{ event: 'qr.refund', data: { qrpy_id: 'qrpy_1', status: 'SUCCEEDED' } }, /no id/],
    [{ event: 'qr.refund', data: { id: 'qrrf_1', status: 'SUCCEEDED' } }, /no qrpy_id/],
    [{ event: 'ewallet.capture', data: {} }, /no id/],
  ];
  for (const [body, reason] of table) {
    const name = JSON.stringify(body).slice(0, 80);
    assert.equal(unread(body)?.outcome, 'QUARANTINED', name);
    assert.match(unread(body)?.reason ?? '', reason, name);
    assert.equal(/secret|ten|NaN/.test(unread(body)?.reason ?? ''), false);
  }
});

test('a refund of a QR payment is read with its payment, though it says neither its product nor a currency', () => {
  const data = { id: 'qrrf_1', qrpy_id: 'qrpy_1', status: 'FAILED', failure_code: 'INSUFFICIENT_BALANCE' };
  const report = read({ event: 'qr.refund', data: { ...data, refund_amount: 5000, channel_code: 'ID_DANA' } });
  assert.deepEqual(lines(report), ['Refund qrrf_1 FAILED', 'QrPayment qrpy_1 UNKNOWN by Refund qrrf_1']);
  assert.deepEqual(report.letter.subject, { type: 'Refund', id: 'qrrf_1' });
  const [refund, payment] = report.observations;
  assert.ok(refund?.type === 'Refund');
  assert.deepEqual(refund.fields, {
    xenditStatus: 'FAILED',
    paymentId: 'qrpy_1',
    channelCode: 'ID_DANA',
    failureCode: 'INSUFFICIENT_BALANCE',
  });
  assert.deepEqual(payment?.cause, { type: 'Refund', id: 'qrrf_1' });
});

test('an event of tomorrow is kept as unrecognised', () => {
  const { letter, observations } = read({ event: 'payout.succeeded', business_id: 'b-1', data: { id: 'disb-1' } });
  assert.equal(letter.unread?.outcome, 'UNRECOGNISED');
  assert.deepEqual([letter.event, letter.businessId, letter.subject], ['payout.succeeded', 'b-1', undefined]);
  assert.deepEqual(observations, []);
  assert.equal(unread({ event: 'payment.capture.x', data: {} })?.outcome, 'UNRECOGNISED');
  assert.equal(unread({ event: 'constructor', data: {} })?.outcome, 'UNRECOGNISED');
});

test('numbers are exact, however they are spelt', () => {
  const table = {
    '10000.01': '10000.01',
    '9007199254740993': '9007199254740993',
    '0.1': '0.1',
    '"1500"': '1500',
    '1.5e3': '1500',
  };
  for (const [spelt, amount] of Object.entries(table)) {
    const [paid] = read(JSON.stringify(v1).replace('1500', spelt)).observations;
    assert.ok(paid?.type === 'QrPayment');
    assert.deepEqual(paid.fields.amount, { amount, currency: 'IDR' });
  }
});

test('a STATIC code’s payment may leave out its amount, as the manual says', () => {
  const { letter, observations } = read({ ...v1, amount: null, qr_code: { ...v1.qr_code, type: 'STATIC' } });
  assert.equal(letter.unread, undefined);
  assert.ok(observations[0]?.type === 'QrPayment');
  assert.equal(observations[0].fields.amount, undefined);
});

test('wrong types in what nobody needs are left out', () => {
  for (const file of [
    'payment.capture.v3.json',
    'payment.succeeded.v2.json',
    'refund.succeeded.json',
    'payment_session.completed.json',
    'ewallet.capture.json',
    'payment_token.activation.v3.json',
    'qr.payment.v2.json',
    'capture.succeeded.v2.json',
  ]) {
    const whole = sampleObject(file);
    const needed = [
      'id',
      'payment_id',
      'payment_session_id',
      'payment_token_id',
      'qr_id',
      'status',
      'currency',
      'type',
    ];
    for (const name of Object.keys(whole.data).filter((key) => !needed.includes(key) && !key.endsWith('amount'))) {
      for (const wrong of [null, '', 5, true, [], {}, ['x', null], { x: null }, [{ capture_id: 5 }]]) {
        const report = read({ ...whole, data: { ...whole.data, [name]: wrong } });
        assert.equal(report.letter.unread, undefined, `${file} ${name} ${JSON.stringify(wrong)}`);
        assert.deepEqual(lines(report)[0], lines(read(whole))[0]);
      }
    }
  }
});

test('text that no database takes is mended, and numbers of no world become text', () => {
  const data = '{"id":"qrpy_1","qr_id":"qr_1","type":"STATIC","currency":"IDR","amount":1,"reference_id":"a\\u0000b",';
  const rest = '"description":"a\\u0000b\\ud800","metadata":{"k\\u0000":["\\udfff"],"n":1e999999,"m":0.10}}';
  const [paid, code] = read(`{"event":"qr.payment","data":${data}${rest}}`).observations;
  assert.ok(paid?.type === 'QrPayment' && code?.type === 'QrCode');
  assert.equal(paid.fields.description, 'a\ufffdb\ufffd');
  assert.equal(JSON.stringify(code.fields.metadata), '{"k\ufffd":["\ufffd"],"n":"1e999999","m":0.10}');
  assert.equal(paid.fields.externalId, undefined);
});

test('no key reaches what objects are made of', () => {
  const body = `{"__proto__":{"polluted":1},"event":"qr.payment","id":"qrpy_1","amount":1,"qr_code":{"id":"qr_1","metadata":{"__proto__":{"polluted":1},"constructor":2}}}`;
  const { observations, letter } = read(body);
  assert.equal(letter.unread, undefined);
  assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
  assert.equal(JSON.stringify(observations[1]?.fields.metadata), '{"__proto__":{"polluted":1},"constructor":2}');
  const method = { event: 'payment.succeeded', data: { id: 'pymt-1', payment_method: { type: '__proto__' } } };
  assert.deepEqual(lines(read(method)), ['Payment pymt-1 UNKNOWN']);
});

test('depth crashes nothing', () => {
  for (const depth of [101, 1_000, 10_000, 100_000]) {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const deep = `${open.repeat(depth)}1${close.repeat(depth)}`;
      assert.equal(unread(deep)?.outcome, 'QUARANTINED');
      const metadata = `{"event":"qr.payment","id":"q","amount":1,"qr_code":{"id":"qr_1","type":"STATIC","metadata":{"a":${deep}}}}`;
      assert.equal(unread(metadata)?.outcome, 'QUARANTINED', `${depth} ${open}`);
    }
  }
});

test('of two values under one key the last one counts', () => {
  const { observations } = read(
    '{"event":"x","event":"qr.payment","id":"qrpy_1","id":"qrpy_2","amount":1,"qr_code":{"id":"qr_1"}}',
  );
  assert.equal(observations[0]?.id, 'qrpy_2');
});

test('a repetition has the same content key, whenever it was tried and in whatever order it is spelt', () => {
  const again = { ...v3, created: '2030-01-01T00:00:00Z', api_version: 'v4' };
  const shuffled = Object.fromEntries(Object.entries(again).reverse());
  shuffled.data = Object.fromEntries(Object.entries(v3.data).reverse());
  const key = read(v3, { webhookId: 'wh-1' }).letter.contentKey;
  assert.match(key, /^[0-9a-f]{64}$/);
  assert.equal(read(shuffled, { webhookId: 'wh-2' }).letter.contentKey, key);
  const nested = read(sample('refund.succeeded.reference-nested.json')).letter.contentKey;
  assert.equal(read(sample('refund.succeeded.json')).letter.contentKey, nested, 'one envelope or two');
});

test('another event, account or content has another key', () => {
  const bodies = [
    v3,
    { ...v3, event: 'payment.failure' },
    { ...v3, data: { ...v3.data, updated: '2030-01-01T00:00:00Z' } },
  ];
  const unreadable = ['', 'a', '{}', '[]', '{ }', new Uint8Array([0xff])];
  const known = [
    ...bodies,
    v1,
    { ...v1, created: '2030-01-01T00:00:00Z' },
    { event: 'x', data: 1 },
    { event: 'x', data: {} },
  ];
  const keys = [...known, ...unreadable].flatMap((body) =>
    ['', 'sub-1'].map((account) => read(body, { account }).letter.contentKey),
  );
  assert.equal(new Set(keys).size, keys.length);
});

test('a webhook-id that nothing could be kept under is no id', () => {
  for (const webhookId of [undefined, '', 'x'.repeat(256)]) {
    assert.equal(read(v1, { webhookId }).letter.webhookId, undefined);
  }
});

test('nothing makes it throw', () => {
  const files = ['payment.capture.v3.json', 'qr.payment.v1.json', 'refund.succeeded.reference-nested.json'].map(
    sampleObject,
  );
  const names = fc.constantFrom(
    'event',
    'data',
    'id',
    'qr_code',
    'amount',
    'payment_id',
    'metadata',
    'captures',
    '__proto__',
  );
  const value = fc.letrec((tie) => ({
    json: fc.oneof(fc.jsonValue(), fc.constantFrom(...files), fc.dictionary(names, tie('json'))),
  })).json;
  fc.assert(
    fc.property(fc.constantFrom(...files), fc.dictionary(names, value), (file, change) => {
      const report = readEvent(delivery({ ...file, ...change }));
      assert.equal(report.letter?.unread === undefined, report.observations.length > 0);
    }),
  );
  fc.assert(fc.property(fc.uint8Array(), (bytes) => readEvent(delivery(bytes)).letter?.unread !== undefined));
});
