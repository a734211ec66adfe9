import assert from 'node:assert/strict';
import { type Transport, watchPayment } from '../../src/client/index.ts';
import { onSharedGateway } from '../support/gateway.ts';
import { createCode, payCode } from '../support/qr-codes.ts';
import { issueToken } from './support.ts';

const test = onSharedGateway();

for (const transport of ['websocket', 'sse', 'polling'] as Transport[]) {
  test(`${transport} tells that a code is paid, and ends`, async (_, gateway) => {
    const { id } = await createCode(gateway, transport);
    const token = await issueToken(gateway, id);
    const connections: object[] = [];
    const options = { transports: [transport], pollMs: 20, onConnection: (one: object) => connections.push(one) };
    const changes = watchPayment(gateway.url, token, options);

    const { value: present } = await changes.next();
    assert.deepEqual(
      [present.kind, present.status, present.isPaid, present.isSettled],
      ['SNAPSHOT', 'ACTIVE', false, false],
    );
    const paymentId = await payCode(gateway, transport);

    const { value: paid } = await changes.next();
    assert.deepEqual(
      [paid.status, paid.isPaid, paid.isSettled, paid.version],
      ['INACTIVE', true, true, present.version + 1],
    );
    const amount = { amount: '15000', currency: 'IDR' };
    assert.deepEqual(
      paid.payment,
      transport === 'polling' ? undefined : { id: paymentId, status: 'COMPLETED', amount },
    );
    assert.deepEqual(await changes.next(), { done: true, value: undefined });
    assert.deepEqual(connections, [{ transport, isConnected: true }]);
  });
}
