import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorCode } from '../../src/errors.ts';
import { parseJson } from '../../src/model/json.ts';
import { XenditError } from '../../src/xendit/errors.ts';
import { type Path, path } from '../../src/xendit/path.ts';
import { readRateLimit } from '../../src/xendit/rate-limit.ts';

function errorOf(
  status: number,
  body: string | undefined,
  at: Path = path`/v3/payment_requests`,
  retryAfterMs?: number,
) {
  const parsed = body === undefined ? undefined : parseJson(body);
  return new XenditError({ method: 'POST', path: at }, { status, body: parsed, requestId: 'req-1', retryAfterMs });
}

test('every code of Xendit’s has its meaning', () => {
  const table: [number, string, ErrorCode][] = [
    [400, 'API_VALIDATION_ERROR', 'INVALID_INPUT'],
    [400, 'INVALID_VALUE_ERROR', 'INVALID_INPUT'],
    [400, 'INVALID_PAYMENT_DETAILS', 'INVALID_INPUT'],
    [400, 'INVALID_EXPIRY_DATE', 'INVALID_INPUT'],
    [400, 'MISSING_CUSTOMER', 'INVALID_INPUT'],
    [400, 'UNSUPPORTED_CURRENCY', 'INVALID_INPUT'],
    [400, 'SESSION_TYPE_NOT_SUPPORTED', 'INVALID_INPUT'],
    [400, 'CAPTURE_AMOUNT_EXCEEDED', 'INVALID_INPUT'],
    [400, 'CAPTURE_AMOUNT_EXCEEDED ', 'INVALID_INPUT'],
    [400, 'MAXIMUM_REFUND_AMOUNT_REACHED', 'INVALID_INPUT'],
    [400, 'PAYMENT_REQUEST_RATE_LIMITED', 'THROTTLED'],
    [400, 'INACTIVE_PAYMENT_REQUEST', 'WRONG_STATE'],
    [400, 'INELIGIBLE_TRANSACTION_STATUS', 'WRONG_STATE'],
    [400, 'TEMPORARILY_UNAVAILABLE', 'UNAVAILABLE'],
    [400, 'TRANSACTION_NOT_FOUND', 'NOT_FOUND'],
    [400, 'REFUND_IN_PROGRESS', 'REJECTED'],
    [400, 'INSUFFICIENT_BALANCE', 'REJECTED'],
    [400, 'CARD_EXPIRED', 'REJECTED'],
    [400, 'FEATURE_NOT_AVAILABLE', 'REJECTED'],
    [400, 'A_CODE_OF_TOMORROW', 'REJECTED'],
    [401, 'INVALID_API_KEY', 'UNAVAILABLE'],
    [403, 'REQUEST_FORBIDDEN_ERROR', 'FORBIDDEN'],
    [403, 'CHANNEL_NOT_ACTIVATED', 'FORBIDDEN'],
    [403, 'INELIGIBLE_TRANSACTION', 'WRONG_STATE'],
    [404, 'DATA_NOT_FOUND', 'NOT_FOUND'],
    [404, 'NOT_FOUND', 'NOT_FOUND'],
    [404, 'CALLBACK_URL_NOT_FOUND', 'REJECTED'],
    [409, 'DUPLICATE_ERROR', 'CONFLICT'],
    [409, 'DATA_NOT_FOUND', 'CONFLICT'],
    [409, 'IDEMPOTENCY_ERROR', 'CONFLICT'],
    [410, 'INACTIVE_QR_CODE', 'WRONG_STATE'],
    [422, 'INVALID_SESSION_STATUS', 'WRONG_STATE'],
    [422, 'A_CODE_OF_TOMORROW', 'REJECTED'],
    [429, 'RATE_LIMIT_EXCEEDED', 'THROTTLED'],
    [500, 'SERVER_ERROR', 'UNAVAILABLE'],
    [503, 'ISSUER_UNAVAILABLE', 'UNAVAILABLE'],
  ];
  for (const [status, xenditCode, code] of table) {
    const error = errorOf(status, JSON.stringify({ error_code: xenditCode, message: 'No' }));
    assert.deepEqual([error.code, error.xenditCode, error.status], [code, xenditCode.trim(), status]);
  }
});

test('the absence of a QRIS merchant is no duplicate', () => {
  const body = '{"error_code":"DATA_NOT_FOUND","message":"QRIS merchant not found"}';
  assert.equal(errorOf(409, body, path`/qr_codes`).code, 'FORBIDDEN');
});

test('what can be no id is not found, whatever Xendit calls it; an id that can be one is malformed input', () => {
  const malformed = '{"error_code":"API_VALIDATION_ERROR","message":"Invalid id"}';
  const id = 'pr-1102feb0-bb79-47ae-9d1e-e69394d3949c';
  const table: [Path, string][] = [
    [path`/v3/payment_requests/${'pr-nobody'}`, 'NOT_FOUND'],
    [path`/v3/payments/${'a/b'}/capture`, 'NOT_FOUND'],
    [path`/sessions/${'ps-1'}`, 'NOT_FOUND'],
    [path`/v3/payment_requests/${id}`, 'INVALID_INPUT'],
    [path`/v3/payment_tokens/${'é'.repeat(39)}`, 'INVALID_INPUT'],
    [path`/v3/payment_requests`, 'INVALID_INPUT'],
    [path`/customers/${'1'}`, 'INVALID_INPUT'],
  ];
  for (const [asked, code] of table) assert.equal(errorOf(400, malformed, asked).code, code, asked.text);
});

test('it says what was asked, what Xendit said, and whom to quote', () => {
  const error = errorOf(
    400,
    '{"error_code":"API_VALIDATION_ERROR","message":"amount must be within range"}',
    path`/qr_codes`,
  );
  assert.equal(error.message, 'Xendit refused POST /qr_codes: 400 API_VALIDATION_ERROR: amount must be within range');
  assert.equal(error.xenditMessage, 'amount must be within range');
  assert.equal(error.requestId, 'req-1');
});

test('what is wrong with the input is told field by field', () => {
  const body = {
    error_code: 'API_VALIDATION_ERROR',
    message: 'There were errors',
    errors: [
      { path: '/body/session_type', message: 'is required' },
      { path: 'body.items.0.net_unit_amount', message: 'is negative' },
      { field: 'amount', message: 'is no number' },
      'and more',
      { message: 7 },
      null,
      7,
    ],
  };
  assert.deepEqual(errorOf(400, JSON.stringify(body)).problems, [
    { path: ['sessionType'], message: 'is required' },
    { path: ['items', '0', 'netUnitAmount'], message: 'is negative' },
    { path: ['amount'], message: 'is no number' },
    { path: [], message: 'and more' },
  ]);
  assert.equal(errorOf(400, '{"errors":[]}').problems, undefined);
});

test('any body will do', () => {
  const bodies = [undefined, '[]', '{}', '{"error_code":5,"message":[]}', '{"error_code":null,"errors":{}}'];
  for (const body of bodies) {
    assert.equal(errorOf(404, body).code, 'NOT_FOUND');
    assert.equal(errorOf(400, body).code, 'REJECTED');
    assert.equal(errorOf(418, body).code, 'REJECTED');
    assert.equal(errorOf(404, body).xenditCode, undefined);
  }
  const gateway = errorOf(400, '{"status_code":400,"error":"BAD_REQUEST","message":{"amount":"too much"}}');
  assert.deepEqual([gateway.xenditCode, gateway.xenditMessage], ['BAD_REQUEST', '{"amount":"too much"}']);
  assert.ok(errorOf(400, JSON.stringify({ message: 'x'.repeat(100_000) })).message.length < 1_000);
});

test('only the throttled are told when to come back', () => {
  assert.equal(errorOf(429, '{}', undefined, 58_370).retryAfterMs, 58_370);
  assert.equal(errorOf(429, '{}').retryAfterMs, 5_000);
  assert.equal(errorOf(400, '{"error_code":"PAYMENT_REQUEST_RATE_LIMITED"}').retryAfterMs, 5_000);
  assert.equal(errorOf(500, '{}', undefined, 58_370).retryAfterMs, undefined);
});

test('rate limits are read as seconds with decimals, and nonsense is not read', () => {
  const table: [string | string[] | undefined, number | undefined][] = [
    ['58.37', 58_370],
    ['0', 0],
    ['0.0001', 1],
    [' 7 ', 7_000],
    ['999999999', 3_600_000],
    ['-1', undefined],
    ['1e3', undefined],
    ['NaN', undefined],
    ['', undefined],
    [['1', '2'], undefined],
    [undefined, undefined],
  ];
  for (const [reset, resetMs] of table) {
    const read = readRateLimit({ 'rate-limit-limit': '600', 'rate-limit-reset': reset });
    assert.deepEqual(read, { limit: 600, remaining: undefined, resetMs }, String(reset));
  }
  assert.equal(readRateLimit({}), undefined);
});
