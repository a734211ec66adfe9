import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignJWT } from 'jose';
import { createWatchTokens } from '../../src/auth/watch-tokens.ts';
import { type Clock, realClock } from '../../src/sandbox/clock.ts';
import { refundMs } from '../../src/sandbox/refund-scenarios.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { acquire, type Belongings } from '../support/belongings.ts';
import { jwtSecret, signToken } from '../support/callers.ts';
import type { Scope } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { callbackToken, startGateway, type TestGateway } from '../support/gateway.ts';
import {
  codeOf,
  type Line,
  linesWith,
  Refused,
  refusalOf,
  streaming,
  type Told,
  transports,
} from '../support/lines.ts';
import { newName, onShared } from '../support/payments.ts';
import { qrPayment } from '../support/samples.ts';
import { startXendit } from '../support/xendit.ts';

const secret = 'a secret for the watch tokens of the tests';
const settings = { WATCH_TOKEN_SECRET: secret, WRONG_PROOFS_PER_MINUTE: '1000000' };

interface Shop {
  gateway: TestGateway;
  xendit: Sandbox;
  merchant: Line;
  own: Belongings;
  settling: ReturnType<typeof heldBack>;
}

/** A gateway whose owner has something of each kind. */
async function open(t: Scope): Promise<Shop> {
  const settling = heldBack();
  const { xendit, environment } = await startXendit(t, { clock: settling.clock });
  const gateway = await startGateway(t, { ...environment, ...settings });
  xendit.webhookUrl = () => `${gateway.url}/webhooks/xendit`;
  const merchant = linesWith(t, gateway.url, await signToken()).HTTP;
  const deliver = (_account: string, body: object) => gateway.deliver(body, { 'x-callback-token': callbackToken });
  return { gateway, xendit, merchant, settling, own: await acquire(merchant, xendit, deliver, '', 'cedar') };
}

/** The machine's time, by which no refund settles while it is held: what falls due then waits to be let go. */
function heldBack(): { clock: Clock; hold(): void; letGo(): void } {
  let waiting: (() => unknown)[] | undefined;
  return {
    clock: {
      ...realClock,
      after(ms, run) {
        if (waiting === undefined || ms !== refundMs) return realClock.after(ms, run);
        waiting.push(run);
        return () => undefined;
      },
    },
    hold() {
      waiting = [];
    },
    letGo() {
      for (const run of waiting ?? []) run();
      waiting = undefined;
    },
  };
}

const testInShop = onShared(open);

interface Issued {
  made: { of: { id: string; externalId?: string }; watchToken: { token: string; expiresAt: string } };
}

/** What each create mutation makes here, and how it is asked for and watched. */
const kinds: Record<
  string,
  { input: (own: Belongings) => object; name?: string; after: (shop: Shop, id: string) => Promise<unknown> }
> = {
  qrCode: {
    input: () => ({ externalId: newName('code'), type: 'STATIC', metadata: { note: 'private' } }),
    name: 'externalId',
    after: ({ gateway }, id) => gateway.deliver(qrPayment({ id, externalId: 'whatever' }, `qrpy_${newName('paid')}`)),
  },
  paymentRequest: {
    input: () => ({ ...common(), kind: { pay: { amount: '15000', channel: { qrCode: { code: 'QRIS' } } } } }),
    after: ({ xendit }, id) => xendit.payer.pay(id),
  },
  paymentSession: {
    input: () => ({ ...common(), sessionType: 'PAY', mode: 'PAYMENT_LINK', amount: '20000' }),
    after: ({ xendit }, id) => xendit.payer.completeSession(id),
  },
  paymentToken: {
    input: () => ({ ...common(), channel: { other: { code: 'CARDS', properties: {} } } }),
    after: ({ xendit }, id) => xendit.payer.linkToken(id),
  },
  refund: {
    input: ({ sessionRequest }) => ({ of: { paymentRequestId: sessionRequest }, amount: '500', reason: 'OTHERS' }),
    // It is given back by itself a moment after it was asked for.
    after: async ({ settling }) => settling.letGo(),
  },
};

const common = () => ({ country: 'ID', currency: 'IDR', referenceId: newName('order'), metadata: { note: 'private' } });

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

async function create({ merchant, own }: Shop, kind: string): Promise<Issued['made']> {
  const type = capital(kind);
  const document = `mutation ($input: Create${type}Input!) {
    made: create${type}(input: $input) {
      ... on Create${type}Payload { of: ${kind} { id ${kinds[kind]?.name ?? ''} } watchToken { token expiresAt } }
      ... on Failure { message }
    }
  }`;
  const input = { ...kinds[kind]?.input(own), idempotencyKey: newName('key') };
  const { data, errors } = await merchant.ask<Issued>(document, { input });
  assert.ok(data?.made.watchToken, JSON.stringify([data, errors]));
  return data.made;
}

for (const kind of Object.keys(kinds)) {
  testInShop(
    `the watch token that comes with a new ${kind} shows and tells of it on every transport`,
    async (t, shop) => {
      if (kind === 'refund') shop.settling.hold();
      const { of, watchToken } = await create(shop, kind);
      assert.ok(Date.parse(watchToken.expiresAt) - Date.now() > 3_500_000);
      const lines = linesWith(t, shop.gateway.url, watchToken.token);
      const argument = kinds[kind]?.name ?? 'id';
      const named = of.externalId ?? of.id;
      const read = `query ($named: ID!, $id: ID!) { ${kind}(${argument}: $named) { id status } node(id: $id) { id } }`;
      for (const transport of transports) {
        const { data, errors } = await lines[transport].ask(read, { named, id: of.id });
        assert.equal(errors, undefined, transport);
        assert.partialDeepStrictEqual(data, { [kind]: { id: of.id }, node: { id: of.id } }, transport);
      }
      const watch = `subscription ($named: ID!) { told: ${kind}Changed(${argument}: $named) { version kind ${kind} { id status } } }`;
      const streams = streaming.map((transport) =>
        lines[transport].watch<{ told: { kind: string } }>(watch, { named }),
      );
      for (const stream of streams) assert.equal((await stream.next()).value?.data?.told.kind, 'SNAPSHOT');
      await kinds[kind]?.after(shop, of.id);
      for (const stream of streams) {
        const { value } = await stream.next();
        assert.partialDeepStrictEqual(value, { data: { told: { version: 2, [kind]: { id: of.id } } } });
        await stream.return();
      }
    },
  );
}

/** What the bearer of a watch token of the shop's payment request is refused as a whole. */
const forbidden = [
  'query ($id: ID!) { paymentRequest(id: $id) { metadata } }',
  'query ($id: ID!) { paymentRequest(id: $id) { channelProperties } }',
  'query ($id: ID!) { paymentRequest(id: $id) { customerId } }',
  'query ($id: ID!) { paymentRequest(id: $id) { customer { email } } }',
  'query ($id: ID!) { paymentRequest(id: $id) { history { edges { cursor } } } }',
  'query ($id: ID!) { paymentRequest(id: $id) { payments { edges { cursor } } } }',
  'query ($id: ID!) { paymentRequest(id: $id) { latestPayment { id } } }',
  'query ($id: ID!) { paymentRequest(id: $id) { paymentToken { id } } }',
  'query ($id: ID!) { node(id: $id) { ... on Customer { email } } }',
  'query ($id: ID!) { node(id: $id) { ... on QrPayment { payerName } } }',
  'query ($id: ID!) { customer(id: $id) { id } }',
  '{ paymentRequests { edges { cursor } } }',
  '{ payments { edges { cursor } } }',
  '{ qrCodes { edges { cursor } } }',
  '{ transactions { edges { cursor } } }',
  '{ balance { amount } }',
  '{ activity { edges { cursor } } }',
  '{ webhookEvents { edges { cursor } } }',
  '{ xenditBudget { endpoint } }',
  'subscription { activity { cursor } }',
  'mutation ($id: ID!) { cancelPaymentRequest(id: $id) { __typename } }',
  'mutation ($id: ID!) { createRefund(input: { of: { paymentRequestId: $id }, reason: OTHERS, idempotencyKey: "k" }) { __typename } }',
  'mutation ($id: ID!) { createWatchToken(input: { id: $id }) { __typename } }',
  'mutation ($id: ID!) { redriveWebhookEvent(id: $id) { __typename } }',
];

testInShop('its bearer may do and see nothing else, not even more of the same', async (t, shop) => {
  const { of, watchToken } = await create(shop, 'paymentRequest');
  const lines = linesWith(t, shop.gateway.url, watchToken.token);
  await shop.xendit.idle();
  const from = shop.xendit.record.requests.length;
  for (const query of forbidden) {
    const isStream = query.startsWith('subscription');
    for (const transport of isStream ? streaming : transports) {
      const told = await lines[transport].ask(query, query.includes('$id') ? { id: of.id } : {});
      assert.deepEqual([codeOf(told), told.data ?? null], ['FORBIDDEN', null], `${query}, ${transport}`);
    }
  }
  assert.equal(shop.xendit.record.requests.length, from);
});

testInShop('whatever else has an id or a name is as unknown to its bearer as what nobody has', async (t, shop) => {
  const { of, watchToken } = await create(shop, 'paymentRequest');
  const lines = linesWith(t, shop.gateway.url, watchToken.token);
  await shop.xendit.idle();
  const from = shop.xendit.record.requests.length;
  const fields = ['payment', 'paymentRequest', 'paymentSession', 'paymentToken', 'refund', 'node'];
  const read = `query ($id: ID!) { ${fields.map((field) => `${field}(id: $id) { id }`).join(' ')} qrCode(externalId: $id) { id } }`;
  const nothing = Object.fromEntries([...fields, 'qrCode'].map((field) => [field, null]));
  const others = Object.entries(shop.own).filter(([name]) => name !== 'label');
  for (const [name, id] of others) {
    for (const transport of transports) {
      assert.deepEqual(await lines[transport].ask(read, { id }).then(({ data }) => data), nothing, name);
    }
  }
  for (const field of [...fields.slice(0, -1), 'qrCode']) {
    const argument = field === 'qrCode' ? 'externalId' : 'id';
    const watch = `subscription ($id: ID!) { ${field}Changed(${argument}: $id) { cursor } }`;
    for (const transport of streaming) {
      for (const [name, id] of [...others, ['nobody', 'pr-nobody'] as const]) {
        assert.equal(codeOf(await lines[transport].ask(watch, { id })), 'NOT_FOUND', `${field} ${name}, ${transport}`);
      }
    }
  }
  assert.equal(shop.xendit.record.requests.length, from);
  assert.deepEqual((await lines.HTTP.ask(read, { id: of.id })).data, {
    ...nothing,
    paymentRequest: { id: of.id },
    node: { id: of.id },
  });
});

const simulations = {
  qrCode:
    'mutation ($named: ID!) { paid: simulateQrPayment(input: { externalId: $named, amount: "2000" }) { __typename } }',
  paymentRequest:
    'mutation ($named: ID!) { paid: simulatePayment(input: { paymentRequestId: $named }) { __typename } }',
};

for (const [kind, simulation] of Object.entries(simulations)) {
  testInShop(`with a key at Xendit no watch token pays its own ${kind}`, async (t, shop) => {
    const { of, watchToken } = await create(shop, kind);
    const lines = linesWith(t, shop.gateway.url, watchToken.token);
    await shop.xendit.idle();
    const from = shop.xendit.record.requests.length;
    for (const transport of transports) {
      const { data } = await lines[transport].ask(simulation, { named: of.externalId ?? of.id });
      assert.deepEqual(data, { paid: { __typename: 'Forbidden' } }, transport);
    }
    assert.equal(shop.xendit.record.requests.length, from);
  });
}

test('where a sandbox plays Xendit it pays what it is for, and nothing else, as often as callers may', async (t) => {
  const most = 4;
  const gateway = await startGateway(t, { AUTH_JWT_SECRET: jwtSecret, OPERATIONS_PER_MINUTE: String(most) });
  const xendit = gateway.sandbox ?? assert.fail('no sandbox');
  const merchant = linesWith(t, gateway.url, await signToken()).HTTP;
  const shop = { gateway, xendit, merchant, settling: heldBack(), own: {} as Belongings };
  for (const [kind, simulation] of Object.entries(simulations)) {
    const { of, watchToken } = await create(shop, kind);
    const other = await create(shop, kind);
    const payer = linesWith(t, gateway.url, watchToken.token).HTTP;
    const pay = (named: string) => payer.ask<{ paid: { __typename: string } }>(simulation, { named });
    const from = xendit.record.requests.length;
    for (const named of [other.of.externalId ?? other.of.id, 'nobody’s'])
      assert.deepEqual((await pay(named)).data, { paid: { __typename: 'NotFound' } });
    assert.equal(xendit.record.requests.length, from);
    const { data } = await pay(of.externalId ?? of.id);
    assert.equal(data?.paid.__typename, kind === 'qrCode' ? 'SimulateQrPaymentPayload' : 'SimulatePaymentPayload');
    await xendit.idle();
    assert.equal(codeOf(await pay('nobody’s')), undefined);
    assert.equal(codeOf(await pay(of.externalId ?? of.id)), 'THROTTLED');
  }
});

testInShop('the merchant renews it, of what can be watched', async (t, { gateway, merchant, own }) => {
  const renew =
    'mutation ($id: ID!) { made: createWatchToken(input: { id: $id }) { __typename ... on CreateWatchTokenPayload { watchToken { token } } } }';
  const watchable = [own.qrCode, own.request, own.payment, own.session, own.token, own.refund];
  for (const id of watchable) {
    const { data } = await merchant.ask<{ made: { watchToken: { token: string } } }>(renew, { id });
    const lines = linesWith(t, gateway.url, data?.made.watchToken.token ?? '');
    assert.deepEqual((await lines.HTTP.ask('query ($id: ID!) { node(id: $id) { id } }', { id })).data, {
      node: { id },
    });
  }
  for (const id of [own.customer, own.transaction, own.webhookEvent, own.qrPayment, 'pr-nobody', '']) {
    assert.deepEqual((await merchant.ask(renew, { id })).data, { made: { __typename: 'NotFound' } }, id);
  }
});

testInShop('once it has expired nothing more is told, and a new one goes on from the last cursor', async (t, shop) => {
  const { of } = await create(shop, 'qrCode');
  const lastsMs = 3_000;
  const watched = { type: 'QrCode', id: of.id, reference: of.externalId } as const;
  const short = await createWatchTokens(secret, lastsMs).issue('', watched);
  const expiresAt = short.expiresAt.getTime();
  const watch =
    'subscription ($named: ID!, $after: Cursor) { told: qrCodeChanged(externalId: $named, after: $after) { cursor payment { id } } }';
  const pay = (id: string) => shop.gateway.deliver(qrPayment({ id: of.id, externalId: 'whatever' }, id));
  const first = `qrpy_${newName('first')}`;
  const lines = linesWith(t, shop.gateway.url, short.token);
  type Change = { told: { cursor: string; payment: { id: string } | null } };
  const streams = streaming.map((transport) => ({
    transport,
    stream: lines[transport].watch<Change>(watch, { named: of.externalId }),
  }));
  for (const { stream } of streams) await stream.next();
  await pay(first);
  const cursors: (string | undefined)[] = [];
  for (const { stream } of streams) {
    const { told } = (await stream.next()).value?.data ?? assert.fail('it was not told');
    assert.equal(told.payment?.id, first);
    cursors.push(told.cursor);
  }
  const ends = streams.map(async ({ stream }) => {
    const end = await stream.next().catch((error: unknown) => error);
    return [
      end instanceof Refused ? end.status : codeOf((end as { value: Told }).value),
      Date.now() - expiresAt,
    ] as const;
  });
  const [[code, afterMs], [otherCode, otherAfterMs]] = (await Promise.all(ends)) as [
    [unknown, number],
    [unknown, number],
  ];
  assert.deepEqual([code, otherCode], [4403, 'UNAUTHENTICATED']);
  assert.ok(Math.max(afterMs, otherAfterMs) < 5_000);
  t.diagnostic(`ended ${afterMs} and ${otherAfterMs} ms after the expiry`);
  const second = `qrpy_${newName('second')}`;
  await pay(second);
  for (const { stream } of streams) assert.equal((await stream.next()).done, true);
  const fresh = linesWith(t, shop.gateway.url, (await createWatchTokens(secret, 60_000).issue('', watched)).token);
  for (const [index, { transport }] of streams.entries()) {
    const { data } = await fresh[transport].ask<Change>(watch, { named: of.externalId, after: cursors[index] });
    assert.equal(data?.told.payment?.id, second, transport);
  }
  for (const transport of transports) {
    const { status } = await refusalOf(lines[transport].ask('{ __typename }'));
    assert.equal(status, transport === 'WebSocket' ? 4403 : 401, transport);
  }
});

testInShop('one that was not issued here, or was changed, lets nobody in', async (t, { gateway, own }) => {
  const watched = { type: 'PaymentRequest', id: own.request, reference: undefined } as const;
  const { token } = await createWatchTokens(secret, 60_000).issue('', watched);
  const [header = '', payload = '', signature = ''] = token.split('.');
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { type: 'PaymentRequest', id: own.openRequest, account: '' };
  const signed = (key: string, typ?: string) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', ...(typ !== undefined && { typ }) })
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(key));
  const wrong = {
    'another secret': (await createWatchTokens('another secret that is long enough', 60_000).issue('', watched)).token,
    'another id': `${header}.${encode({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), id: own.openRequest })}.${signature}`,
    'alg none': `${encode({ alg: 'none', typ: 'watch+jwt' })}.${payload}.`,
    'another type': `${encode({ alg: 'HS256', typ: 'JWT' })}.${payload}.${signature}`,
    'no signature': `${header}.${payload}.`,
    'the secret itself as key': await signed(secret, 'watch+jwt'),
    'the secret of other tokens': await signed(jwtSecret, 'watch+jwt'),
    'no type': await signed(secret),
    'as an API key': `xgk_${token}`,
    expired: (await createWatchTokens(secret, -1).issue('', watched)).token,
  };
  for (const [what, one] of Object.entries(wrong)) {
    const lines = linesWith(t, gateway.url, one);
    for (const transport of transports) {
      const { status } = await refusalOf(lines[transport].ask('{ __typename }'));
      assert.equal(status, transport === 'WebSocket' ? 4403 : 401, `${what}, ${transport}`);
    }
  }
  assert.deepEqual((await linesWith(t, gateway.url, token).HTTP.ask('{ __typename }')).data, { __typename: 'Query' });
});

test('gateways with one secret take each other’s watch tokens; in the sandbox, where all may do all, they show as little', async (t) => {
  const [one, other] = [await startGateway(t, settings), await startGateway(t, settings)];
  const made =
    'mutation { made: createQrCode(input: { externalId: "counter", type: STATIC, idempotencyKey: "k" }) { ... on CreateQrCodePayload { qrCode { id } watchToken { token } } } }';
  const { data } = await one.ask<{ made: { qrCode: { id: string }; watchToken: { token: string } } }>(made);
  const { qrCode, watchToken } = data?.made ?? assert.fail();
  // The other one's database knows nothing of it until it is told.
  assert.equal((await other.deliver(qrPayment({ id: qrCode.id, externalId: 'counter' }, 'qrpy_1'))).status, 200);
  for (const gateway of [one, other]) {
    assert.ok((await gateway.ask('{ qrCodes { edges { cursor } } }')).data);
    const lines = linesWith(t, gateway.url, watchToken.token);
    for (const transport of transports) {
      const node = await lines[transport].ask('query ($id: ID!) { node(id: $id) { id } }', { id: qrCode.id });
      assert.deepEqual(node.data, { node: { id: qrCode.id } }, transport);
      assert.deepEqual((await lines[transport].ask('{ node(id: "qrpy_1") { id } }')).data, { node: null }, transport);
      assert.equal(codeOf(await lines[transport].ask('{ qrCodes { edges { cursor } } }')), 'FORBIDDEN', transport);
    }
  }
  await eventually('nobody listens', () => one.listeners() === 0);
});
