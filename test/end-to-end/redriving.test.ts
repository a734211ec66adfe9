import assert from 'node:assert/strict';
import { open } from '../store/support.ts';
import { testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { done, mutateById } from '../support/mutations.ts';
import { qrPayment } from '../support/samples.ts';
import { watchCode } from '../support/subscriptions.ts';

const code = { id: 'qr_counter', externalId: 'counter' };

interface Redriven {
  webhookEvent: { id: string; outcome: string; reason: string | null; attempts: number; retryAt: string | null };
}

const shown = 'webhookEvent { id outcome reason attempts retryAt }';

function redrive(gateway: TestGateway, id: string) {
  return mutateById<Redriven>(gateway, 'redriveWebhookEvent', shown, id);
}

async function deliver(gateway: TestGateway, body: object | string): Promise<{ outcome: string; id: string }> {
  const answer = await gateway.deliver(body);
  assert.equal(answer.status, 200);
  return (await answer.json()) as { outcome: string; id: string };
}

testOnEachDatabase(
  'a dead letter is applied when it is told to, and its payment reaches who waits for it',
  async (t, place) => {
    const before = await startGateway(t, {}, place);
    await deliver(before, qrPayment(code, 'qrpy_1'));
    const { id } = await deliver(before, qrPayment(code, 'qrpy_2'));
    await before.close();
    // As it stands where a fault of ours kept it from being applied until it was given up.
    const database = await open(t, place);
    await database.prisma.webhookEvent.updateMany({
      where: { id },
      data: { outcome: 'FAILED', reason: 'a fault of ours', attempts: 5 },
    });
    await database.prisma.change.deleteMany({ where: { OR: [{ resourceId: 'qrpy_2' }, { causeId: 'qrpy_2' }] } });
    await database.prisma.resource.deleteMany({ where: { id: 'qrpy_2' } });
    const first = await database.prisma.resource.findFirstOrThrow({ where: { id: 'qr_counter' } });
    await database.prisma.resource.updateMany({
      where: { id: 'qr_counter' },
      data: { version: 1, data: first.data.replace('"version":2', '"version":1') },
    });
    await database.close();

    const gateway = await startGateway(t, {}, place);
    const stream = watchCode(gateway, 'counter');
    assert.partialDeepStrictEqual(await stream.next(), { version: 1, paymentId: 'qrpy_1' });
    const { webhookEvent } = await redrive(gateway, id);
    assert.deepEqual(webhookEvent, { id, outcome: 'APPLIED', reason: null, attempts: 6, retryAt: null });
    assert.partialDeepStrictEqual(await stream.next(), { version: 2, kind: 'PAYMENT', paymentId: 'qrpy_2' });
    assert.equal((await redrive(gateway, id)).__typename, 'WrongState');
  },
);

testOnEachDatabase(
  'what still can’t be read stays as it was; what was read, or isn’t there, is refused',
  async (t, place) => {
    const gateway = await startGateway(t, {}, place);
    const torn = await deliver(gateway, '{"event": "qr.payment"');
    const strange = await deliver(gateway, { event: 'zebra.seen', data: {} });
    const paid = await deliver(gateway, qrPayment(code, 'qrpy_1'));
    for (const [{ id, outcome }, expected] of [
      [torn, 'QUARANTINED'],
      [strange, 'UNRECOGNISED'],
    ] as const) {
      assert.equal(outcome, expected);
      const result = await redrive(gateway, id);
      const { webhookEvent } = { webhookEvent: done(result.webhookEvent, result) };
      assert.partialDeepStrictEqual(webhookEvent, { id, outcome: expected, attempts: 1, retryAt: null });
      assert.notEqual(webhookEvent.reason, null);
    }
    const foreign = await gateway.deliver(qrPayment(code, 'qrpy_1'), {}, '/webhooks/xendit/another');
    const { id: another } = (await foreign.json()) as { id: string };
    const refused = [paid.id, another, 'wh_nobody', ''].map((id) => redrive(gateway, id));
    assert.deepEqual(
      (await Promise.all(refused)).map(({ __typename, code: why }) => [__typename, why]),
      [['WrongState', 'WRONG_STATE'], ...Array(3).fill(['NotFound', 'NOT_FOUND'])],
    );
  },
);

testOnEachDatabase('after an upgrade a payment that was unknown before is told by itself', async (t, place) => {
  const before = await startGateway(t, {}, place);
  const { id } = await deliver(before, qrPayment(code, 'qrpy_1'));
  await before.close();
  const database = await open(t, place);
  await database.prisma.webhookEvent.updateMany({ data: { outcome: 'UNRECOGNISED', reason: 'not known yet' } });
  await database.prisma.resource.deleteMany();
  await database.prisma.change.deleteMany();
  await database.close();

  const gateway = await startGateway(t, {}, place);
  const query = `{ node(id: "${id}") { ... on WebhookEvent { outcome } } }`;
  await eventually('it is read', async () => {
    const { data } = await gateway.ask<{ node: { outcome: string } }>(query);
    return data?.node.outcome === 'APPLIED';
  });
  assert.partialDeepStrictEqual(await watchCode(gateway, 'counter').next(), { version: 1, paymentId: 'qrpy_1' });
});
