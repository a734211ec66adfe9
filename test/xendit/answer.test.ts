import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readWrite } from '../../src/xendit/answer.ts';
import { path } from '../../src/xendit/path.ts';
import { refusal } from './playing-xendit.ts';

test('a write that something on the way has waited for too long may have been done', async () => {
  const codeOf = async (status: number, body: string) => {
    const outcome = { status, headers: {}, bytes: Buffer.from(body) };
    const call = { method: 'POST', path: path`/v3/payment_requests` } as const;
    return (await refusal((async () => readWrite(call, outcome, 'order-1'))())).code;
  };
  assert.equal(await codeOf(408, '<html>Request Timeout'), 'OUTCOME_UNKNOWN');
  assert.equal(await codeOf(408, '{"error_code":"REQUEST_TIMEOUT"}'), 'UNAVAILABLE');
  assert.equal(await codeOf(404, '<html>Not found'), 'NOT_FOUND');
});
