import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, newQrCode, start } from './support.ts';

const range = 'amount must be within range [1500, 10000000]';
const metadata = (keys: number) => Object.fromEntries(Array.from({ length: keys }, (_, n) => [`key-${n}`, 'x']));
const refusals: [string, object, string][] = [
  ['no external_id', { external_id: undefined }, 'external_id is required'],
  ['an empty external_id', { external_id: '' }, 'external_id is required'],
  ['a numeric external_id', { external_id: 1 }, 'external_id must be a string'],
  ['no type', { type: undefined }, 'type is required'],
  ['another type', { type: 'dynamic' }, 'type must be one of [DYNAMIC, STATIC]'],
  ['no callback_url', { callback_url: undefined }, 'callback_url is required'],
  ['a callback_url that is none', { callback_url: 'yourwebsite' }, 'callback_url must be a valid http or https URL'],
  ['a callback_url of another scheme', { callback_url: 'ftp://a/' }, 'callback_url must be a valid http or https URL'],
  ['no amount', { amount: undefined }, 'amount is required for a DYNAMIC QR code'],
  ['an amount of null', { amount: null }, 'amount is required for a DYNAMIC QR code'],
  ['an amount as text', { amount: '15000' }, 'amount must be a number'],
  ['an amount too low', { amount: 1499.99 }, range],
  ['an amount too high', { amount: 10000000.01 }, range],
  ['a negative amount', { amount: -15000 }, range],
  ['a nominal too low', { amount: undefined, nominal: 1 }, range],
  ['metadata that is a list', { metadata: ['a'] }, 'metadata must be an object'],
  ['51 keys of metadata', { metadata: metadata(51) }, 'metadata must have at most 50 keys'],
  [
    'a key of 41 characters',
    { metadata: { ['k'.repeat(41)]: 'x' } },
    'metadata keys must be at most 40 characters long',
  ],
  [
    'a value of 501 characters',
    { metadata: { k: 'x'.repeat(501) } },
    'metadata values must be at most 500 characters long',
  ],
];
for (const [name, changes, message] of refusals) {
  test(`creating with ${name} is answered 400 API_VALIDATION_ERROR`, async (t) => {
    const sandbox = await start(t);
    const { status, body } = await call(sandbox, 'POST', '/qr_codes', newQrCode(changes));
    assert.equal(status, 400);
    assert.deepEqual(body, { error_code: 'API_VALIDATION_ERROR', message });
    assert.equal((await call(sandbox, 'GET', '/qr_codes/order-1')).status, 404);
  });
}

test('what lies exactly on the limits is accepted', async (t) => {
  const sandbox = await start(t);
  const full = { ...metadata(49), ['k'.repeat(40)]: 'x'.repeat(500) };
  for (const changes of [
    { amount: 1500 },
    { amount: 10000000 },
    { amount: undefined, nominal: 1500 },
    { metadata: full },
  ]) {
    const external_id = JSON.stringify(changes).slice(0, 30);
    assert.equal((await call(sandbox, 'POST', '/qr_codes', newQrCode({ external_id, ...changes }))).status, 200);
  }
});

for (const [query, message] of [
  ['', 'external_id is required'],
  ['external_id=', 'external_id is required'],
  ['external_id=order-1&limit=0', 'limit must be a positive integer'],
  ['external_id=order-1&limit=ten', 'limit must be a positive integer'],
  ['external_id=order-1&from=yesterday', 'from must be an ISO 8601 timestamp'],
  ['external_id=order-1&to=', 'to must be an ISO 8601 timestamp'],
  ['external_id=order-1&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'from must be earlier than to'],
] as const) {
  test(`listing payments by "${query}" is answered 400: ${message}`, async (t) => {
    const sandbox = await start(t);
    const { status, body } = await call(sandbox, 'GET', `/qr_codes/payments?${query}`);
    assert.equal(status, 400);
    assert.deepEqual(body, { error_code: 'API_VALIDATION_ERROR', message });
  });
}
