import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock } from '../../src/sandbox/clock.ts';
import { embedded } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway } from '../support/gateway.ts';
import { waysToLeave } from '../support/leaving.ts';
import { askForCode } from '../support/qr-codes.ts';
import { startXendit } from '../support/xendit.ts';

for (const [way, ask] of waysToLeave) {
  test(`told to stop, it keeps what Xendit answers to a create whose client has left: ${way}`, async (t) => {
    const clock = createTestClock(Date.now());
    const { xendit, open } = await startXendit(t, { clock });
    const database = await embedded(t);
    const calls = (method: string) => xendit.record.requests.filter((call) => call.method === method);
    const gateway = await startGateway(t, open, database);
    xendit.faults.next('POST /qr_codes', { kind: 'delay', ms: 1_000, afterProcessing: true });
    const input = '{ externalId: "order-1", type: DYNAMIC, amount: "15000", idempotencyKey: "key of order-1" }';
    const { leave } = await ask(t, gateway, `mutation { createQrCode(input: ${input}) { __typename } }`);
    await eventually('the create has arrived', () => calls('POST').length === 1);
    leave();
    const closing = gateway.close();
    const isStopping = () =>
      fetch(`${gateway.url}/health/ready`).then(
        ({ status }) => status === 503,
        () => true,
      );
    await eventually('it stops', isStopping);
    await clock.armed();
    await clock.advance(1_000);
    await closing;

    const next = await startGateway(t, open, database);
    const again = await askForCode(next, { externalId: 'order-1' });
    assert.deepEqual([again.alreadyProcessed, again.qrCode?.externalId], [true, 'order-1']);
    assert.deepEqual([calls('POST').length, calls('GET').length], [1, 0], 'the answer was kept');
  });
}
