import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createWatchTokens } from '../../src/auth/watch-tokens.ts';
import {
  CreatePaymentSessionDocument,
  type Transport,
  type WatchConnection,
  WatchError,
  watchedBy,
  watchPayment,
} from '../../src/client/index.ts';
import { eventually } from '../support/eventually.ts';
import { onSharedGateway } from '../support/gateway.ts';
import { activeToken, newName, paidRequest } from '../support/payments.ts';
import { createCode, payCode } from '../support/qr-codes.ts';
import { execute, issueToken, watch } from './support.ts';

const test = onSharedGateway();
const transports: Transport[] = ['websocket', 'sse', 'polling'];

for (const transport of transports) {
  const own = { transports: [transport], pollMs: 20 };

  test(`${transport} tells that a code is paid, and ends`, async (t, gateway) => {
    const { id } = await createCode(gateway, transport);
    const token = await issueToken(gateway, id);
    assert.partialDeepStrictEqual(watchedBy(token), { type: 'QrCode', id, reference: transport });
    const connections: WatchConnection[] = [];
    const onConnection = (one: WatchConnection) => connections.push(one);
    const changes = watch(t, gateway.url, token, { ...own, onConnection });

    const [present] = await changes.take(1);
    const before = { kind: 'SNAPSHOT', status: 'ACTIVE', isPaid: false, isSettled: false, payment: undefined };
    assert.partialDeepStrictEqual(present, before);
    const paymentId = await payCode(gateway, transport);

    const [paid] = await changes.take(1);
    assert.partialDeepStrictEqual(paid, { status: 'INACTIVE', isPaid: true, isSettled: true });
    const payment = { id: paymentId, status: 'COMPLETED', amount: { amount: '15000', currency: 'IDR' } };
    assert.deepEqual(paid?.payment, payment);
    assert.deepEqual(await changes.next(), { done: true, value: undefined });
    assert.deepEqual(connections, [{ transport, isConnected: true }]);

    const [first] = await watch(t, `${gateway.url}/graphql`, token, { ...own, after: present?.cursor }).take(1);
    assert.deepEqual([first?.version, first?.isPaid], [paid?.version, true]);
  });

  test(`${transport} tells a payment of a code that stays open`, async (t, gateway) => {
    const name = `${transport}-static`;
    const { id } = await createCode(gateway, name, 'STATIC');
    const changes = watch(t, gateway.url, await issueToken(gateway, id), own);
    await changes.take(1);
    const paymentId = await payCode(gateway, name, '2500');
    const [paid] = await changes.take(1);
    const payment = { id: paymentId, status: 'COMPLETED', amount: { amount: '2500', currency: 'IDR' } };
    assert.partialDeepStrictEqual(paid, { status: 'ACTIVE', isPaid: true, isSettled: false, payment });
  });

  test(`${transport} watches whatever a token is for`, async (t, gateway) => {
    const { id: requestId, paymentId } = await paidRequest(gateway);
    const session = {
      sessionType: 'PAY',
      mode: 'PAYMENT_LINK',
      amount: '20000',
      country: 'ID',
      currency: 'IDR',
    } as const;
    const { createPaymentSession: created } = await execute(gateway, CreatePaymentSessionDocument, {
      input: { ...session, referenceId: newName('session'), idempotencyKey: newName('key') },
    });
    assert.ok(created.__typename === 'CreatePaymentSessionPayload');
    const table: [id: string, status: string, isPaid: boolean][] = [
      [requestId, 'SUCCEEDED', true],
      [paymentId, 'SUCCEEDED', true],
      [created.paymentSession.id, 'ACTIVE', false],
      [await activeToken(gateway), 'ACTIVE', false],
    ];
    for (const [id, status, isPaid] of table) {
      const changes = watch(t, gateway.url, await issueToken(gateway, id), own);
      const [present] = await changes.take(1);
      assert.partialDeepStrictEqual(present, { kind: 'SNAPSHOT', status, isPaid, isSettled: isPaid }, id);
      if (id === paymentId) assert.equal(present?.payment?.id, paymentId);
      await (isPaid ? changes.next() : changes.leave());
      assert.deepEqual(await changes.next(), { done: true, value: undefined });
    }
  });

  test(`${transport} ends with an error of its own for each cause`, async (_, gateway) => {
    const { id } = await createCode(gateway, newName('refused'));
    const token = await issueToken(gateway, id);
    const watched = { type: 'QrCode', id, reference: 'nobody’s' } as const;
    const strange = await createWatchTokens('another secret that is long enough', 60_000).issue('', watched);
    const over = await createWatchTokens('another secret that is long enough', -1).issue('', watched);
    const codeOf = async (one: string, after?: string) => {
      const error = await watchPayment(gateway.url, one, { ...own, after })
        .next()
        .catch((error: unknown) => error);
      assert.ok(error instanceof WatchError, String(error));
      return error.code;
    };
    assert.equal(await codeOf(strange.token), 'TOKEN_REFUSED');
    assert.equal(await codeOf(over.token), 'TOKEN_EXPIRED');
    if (transport !== 'polling') assert.equal(await codeOf(token, 'no cursor'), 'CURSOR_INVALID');
  });

  test(`leaving closes ${transport} at once, though nothing happens`, async (t, gateway) => {
    const { id } = await createCode(gateway, newName('left'));
    const token = await issueToken(gateway, id);
    const leaving = new AbortController();
    const changes = watch(t, gateway.url, token, { ...own, pollMs: 60_000 });
    const others = watch(t, gateway.url, token, { ...own, pollMs: 60_000, signal: leaving.signal });
    await Promise.all([changes.take(1), others.take(1)]);
    assert.equal(gateway.listeners(), transport === 'polling' ? 0 : 2);

    const waiting = [changes.next(), others.next()];
    await changes.leave();
    leaving.abort();
    for (const one of waiting) assert.equal((await one).done, true);
    await eventually('nobody listens', () => gateway.listeners() === 0);

    const asleep = createServer();
    const [{ port }, connected] = await listen(asleep, t);
    const early = watch(t, `http://127.0.0.1:${port}`, token, own);
    const never = early.next();
    const [socket] = (await connected) as [Socket];
    socket.resume();
    await early.leave();
    assert.equal((await never).done, true);
    await once(socket, 'close');
  });
}

async function listen(server: ReturnType<typeof createServer>, t: { after(end: () => void): void }) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => void server.close());
  return [server.address() as AddressInfo, once(server, 'connection')] as const;
}
