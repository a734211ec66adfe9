import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCaptureOperation, createPaymentService } from '../../src/service/payments.ts';
import { createRequest, saveCard, simulate } from '../sandbox/v3.ts';
import { embedded } from '../support/database.ts';
import { openRooms } from './support.ts';

const endpoint = 'POST /v3/payments/:payment_id/capture';

test('of parts that are captured, each lost answer is found by its own part, not by another', async (t) => {
  const { rooms, sandbox } = await openRooms(t, await embedded(t));
  const requestId = await createRequest(sandbox, {
    channel_code: 'CARDS',
    capture_method: 'MANUAL',
    payment_token_id: await saveCard(sandbox),
  });
  const paymentId = String((await simulate(sandbox, requestId)).payment_id);
  const service = createPaymentService(rooms, createCaptureOperation(rooms), '');
  const capture = (amount: string) => service.capturePayment({ paymentId, amount }, `key of ${amount}`);

  assert.equal((await capture('4000')).result.status, 'SUCCEEDED');
  sandbox.faults.next(endpoint, { kind: 'status', status: 500 });
  await assert.rejects(capture('3000'), { code: 'OUTCOME_UNKNOWN' });
  await assert.rejects(capture('3000'), { code: 'OUTCOME_UNKNOWN' }, 'that 4000 were taken says nothing of it');

  sandbox.faults.next(endpoint, { kind: 'status', status: 500, afterProcessing: true });
  await assert.rejects(capture('2000'), { code: 'OUTCOME_UNKNOWN' });
  const { result, alreadyProcessed } = await capture('2000');
  assert.equal(alreadyProcessed, true);
  assert.deepEqual(
    result.captures?.map(({ amount }) => amount?.amount),
    ['4000', '2000'],
  );
});
