import assert from 'node:assert/strict';
import { jwtSecret, signToken } from '../support/callers.ts';
import { embedded } from '../support/database.ts';
import { onSharedGateway, type TestGateway } from '../support/gateway.ts';
import { createRequest, newName } from '../support/payments.ts';
import { createCode } from '../support/qr-codes.ts';
import { runCli } from './support.ts';

/** It tells callers apart. */
const testTogether = onSharedGateway(embedded, { AUTH_JWT_SECRET: jwtSecret });

/** Whoever may do everything there. */
async function asAnyone({ url }: TestGateway): Promise<Record<string, string>> {
  return { XENDIT_GRAPHQL_URL: url, XENDIT_GRAPHQL_TOKEN: await signToken() };
}

testTogether('every event is triggered as something that the gateway knows', async (t, gateway) => {
  const environment = await asAnyone(gateway);
  const { lines: listed } = await runCli(t, ['trigger', '--list', '--json'], environment);
  const events = listed.map(({ event }) => String(event));
  assert.ok(events.length >= 26);
  const { code, lines } = await runCli(t, ['trigger', ...events, '--json'], environment);
  assert.equal(code, 0);
  assert.deepEqual(
    lines.map(({ event }) => event),
    events,
  );
  const unread = lines.filter(({ outcome }) => !['APPLIED', 'DUPLICATE', 'STALE'].includes(String(outcome)));
  assert.deepEqual(unread, []);
  const { lines: v2 } = await runCli(t, ['trigger', 'qr.payment', '--qr-api', 'v2', '--json'], environment);
  assert.equal(v2[0]?.outcome, 'APPLIED');
});

testTogether(
  'a payment that is triggered often is taken in once, with the name and amount that were asked for',
  async (t, gateway) => {
    const args = ['trigger', 'qr.payment', '--reference', 'order-9', '--amount', '1500.5', '--duplicate', '4'];
    const { code, lines } = await runCli(t, [...args, '--json'], await asAnyone(gateway));
    assert.equal(code, 0);
    assert.deepEqual(
      lines.map(({ status, outcome }) => [status, outcome]),
      [[200, 'APPLIED'], ...Array(3).fill([200, 'DUPLICATE'])],
    );
    const { data } = await gateway.ask<{ qrCode: unknown }>(
      '{ qrCode(externalId: "order-9") { status payments { edges { node { id amount { amount } } } } } }',
    );
    const payment = { id: lines[0]?.id, amount: { amount: '1500.5' } };
    assert.deepEqual(data?.qrCode, { status: 'INACTIVE', payments: { edges: [{ node: payment }] } });
  },
);

testTogether('a sequence tells one story, in whatever order it comes', async (t, gateway) => {
  const args = ['trigger', 'payment.authorization', 'payment.capture', '--duplicate', '5', '--concurrency', '4'];
  const { code, lines } = await runCli(t, [...args, '--shuffle', '--json'], await asAnyone(gateway));
  assert.equal(code, 0);
  assert.equal(lines.length, 10);
  assert.equal(new Set(lines.map(({ id }) => id)).size, 1);
  const { data } = await gateway.ask<{ payment: unknown }>('query ($id: ID!) { payment(id: $id) { status } }', {
    id: lines[0]?.id,
  });
  assert.deepEqual(data?.payment, { status: 'SUCCEEDED' });
});

testTogether('a webhook that is refused, or that nobody takes, fails and says what to do', async (t, gateway) => {
  const wrong = await runCli(t, ['trigger', 'qr.payment', '--url', gateway.url, '--callback-token', 'wrong']);
  assert.equal(wrong.code, 1);
  assert.match(wrong.out, /401/);
  assert.match(wrong.err, /--callback-token/);
  const nobody = await runCli(t, [
    'trigger',
    'qr.payment',
    '--to',
    `${nobodyAt}/hook`,
    '--concurrency',
    '3',
    '--duplicate',
    '9',
    '--json',
  ]);
  assert.equal(nobody.code, 1);
  assert.equal(nobody.lines.length, 1);
  const { code, message } = errorOf(nobody.lines[0]);
  assert.equal(code, 'UNREACHABLE');
  assert.match(message, /ECONNREFUSED.*xendit-graphql start/);
});

testTogether('a code and a payment request are paid, and what came of it is told', async (t, gateway) => {
  const environment = await asAnyone(gateway);
  const externalId = newName('order');
  await createCode(gateway, externalId);
  const code = await runCli(t, ['pay', externalId, '--json'], environment);
  assert.equal(code.code, 0, code.out);
  const { id, ...paid } = { ...(code.lines[0]?.qrPayment as Record<string, unknown>) };
  assert.match(String(id), /^qrpy_/);
  assert.deepEqual(paid, { status: 'COMPLETED', amount: { amount: '15000', currency: 'IDR' } });

  const { id: requestId } = await createRequest(gateway);
  const request = await runCli(t, ['pay', requestId], environment);
  assert.equal(request.code, 0);
  assert.match(request.out, new RegExp(`^${requestId}  SUCCEEDED  by py-\\S+  SUCCEEDED\n$`));
});

const nobodyAt = 'http://127.0.0.1:2999';
const noGateway = { XENDIT_GRAPHQL_URL: nobodyAt };

/** Each fails with 1 and this code. */
const failing: [code: string, args: string[], environment?: Record<string, string>][] = [
  ['NOT_FOUND', ['pay', 'order-unknown']],
  ['NOT_FOUND', ['pay', 'pr-11111111-1111-4111-8111-111111111111']],
  ['UNREACHABLE', ['pay', 'order-1'], noGateway],
  ['UNREACHABLE', ['listen'], noGateway],
  ['UNAUTHENTICATED', ['pay', 'order-1', '--token', 'wrong']],
  ['UNAUTHENTICATED', ['listen', '--token', 'wrong']],
];

testTogether('a command that the gateway can not follow fails with the gateway’s own code', async (t, gateway) => {
  const environment = await asAnyone(gateway);
  const checks = failing.map(async ([code, args, others]) => {
    const ran = await runCli(t, [...args, '--json'], { ...environment, ...others });
    assert.deepEqual([ran.code, errorOf(ran.lines[0]).code], [1, code], args.join(' '));
  });
  await Promise.all(checks);
  const little = { ...environment, XENDIT_GRAPHQL_TOKEN: await signToken({ scope: 'payments:read' }) };
  const { err } = await runCli(t, ['replay', 'wh_1'], little);
  assert.match(err, /webhooks:manage.*take a token/);
});

testTogether('webhooks are replayed, and each says what came of it', async (t, gateway) => {
  const unread = (await (await gateway.deliver('not JSON')).json()) as { id: string };
  const applied = (await (await gateway.deliver({ event: 'qr.payment' })).json()) as { id: string };
  const ran = await runCli(t, ['replay', unread.id, 'wh_unknown', applied.id, '--json'], await asAnyone(gateway));
  assert.equal(ran.code, 1);
  assert.deepEqual(
    ran.lines.map(({ id, outcome, error }) => [id, outcome, (error as { code: string } | undefined)?.code]),
    [
      [unread.id, 'QUARANTINED', undefined],
      ['wh_unknown', undefined, 'NOT_FOUND'],
      [applied.id, 'QUARANTINED', undefined],
    ],
  );
  assert.equal(ran.lines[0]?.attempts, 1);
});

function errorOf(line: Record<string, unknown> | undefined): { code: string; message: string } {
  return { code: '', message: '', ...(line?.error as object) };
}
