import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createFeed } from '../../src/feed/feed.ts';
import { createCursors } from '../../src/model/cursor.ts';
import { keyText, type Resource } from '../../src/model/resource.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { createOperations } from '../../src/service/operations.ts';
import type { Page } from '../../src/service/pages.ts';
import { createServices, type Service } from '../../src/service/service.ts';
import type { ToldChange } from '../../src/service/streams.ts';
import { collectionOf } from '../../src/store/rows.ts';
import { readEvent } from '../../src/webhook/event.ts';
import { createBreaker } from '../../src/xendit/breaker.ts';
import { createBudget } from '../../src/xendit/budget.ts';
import { openXendit } from '../../src/xendit/client.ts';
import { createQrCode, getQrCode } from '../../src/xendit/qr-codes.ts';
import { type TestDatabase, testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { qrPayment, sample } from '../support/samples.ts';
import { delivery } from '../webhook/deliveries.ts';
import { openRooms } from './support.ts';

const accounts = ['', 'sub-a', 'sub-b', 'a', 'a:QrCode'] as const;

/** Ten thousand turns, which the accounts take one after the other. */
function* turns(): Generator<{ account: string; turn: number; other: string }> {
  for (let turn = 0; turn < 10_000; turn += 1) {
    const place = turn % accounts.length;
    yield { account: accounts[place] ?? '', other: accounts[(place + 1) % accounts.length] ?? '', turn };
  }
}

test('what ten thousand calls in turn use up of the budget is each account’s own', async () => {
  const budget = createBudget({ requestsPerMinute: 60, now: () => 0 });
  const allowed = new Map<string, number>();
  for (const { account, turn } of turns()) {
    // The owner asks all the time for one thing, the others for eight, which are the same for all.
    const endpoint = `GET /${account === '' ? 0 : Math.floor(turn / accounts.length) % 8}`;
    const name = JSON.stringify([account, endpoint]);
    const isAllowed = await budget.take(account, endpoint, 'caller').then(
      () => true,
      () => false,
    );
    const before = allowed.get(name) ?? 0;
    assert.equal(isAllowed, before < 60, name);
    allowed.set(name, before + (isAllowed ? 1 : 0));
  }
  assert.equal(allowed.size, 1 + 4 * 8);
  assert.deepEqual(new Set(allowed.values()), new Set([60]));
  assert.equal((await budget.view()).length, allowed.size);
});

test('ten thousand cursors, content keys and names are no other account’s', () => {
  const cursors = createCursors('secret');
  const names = new Map<string, string>();
  const body = sample('payment.capture.v3');
  for (const { account, other, turn } of turns()) {
    // Equal for all accounts, five turns long.
    const id = `py-${Math.floor(turn / accounts.length)}`;
    const cursor = cursors.write(`Payment:${id}`, account, '1');
    assert.equal(cursors.read(`Payment:${id}`, account, cursor), '1');
    assert.throws(() => cursors.read(`Payment:${id}`, other, cursor), { code: 'CURSOR_INVALID' });
    const { letter } = readEvent(delivery({ ...body, data: { payment_id: id, payment_request_id: id } }, { account }));
    const { letter: unread } = readEvent(delivery(id, { account }));
    const own = [
      cursor,
      letter.contentKey,
      unread.contentKey,
      keyText({ account, type: 'Payment', id }),
      `${collectionOf(account, 'Payment')} ${id}`,
      `${collectionOf(account, 'QrCode')} ${id}`,
    ];
    for (const name of own) {
      assert.equal(names.get(name) ?? account, account, name);
      names.set(name, account);
    }
  }
  assert.equal(names.size, 60_000);
});

test('ten thousand changes wake those who listen in their account, and nobody else', async (t) => {
  const feed = createFeed();
  t.after(() => feed.close());
  const woken = new Map<string, number>();
  const key = { type: 'Payment', id: 'py-1' } as const;
  const listen = async (account: string) => {
    const ear = feed.listen({ account, ...key });
    while (await ear.next()) woken.set(account, (woken.get(account) ?? 0) + 1);
  };
  const listening = accounts.map(listen);
  for (const { account } of turns()) {
    if (account === 'sub-b') continue;
    feed.wake([{ account, ...key }]);
    // Whoever was woken has looked by the next turn.
    await new Promise(setImmediate);
  }
  feed.close();
  await Promise.all(listening);
  assert.deepEqual(
    accounts.map((account) => woken.get(account)),
    [2_000, 2_000, undefined, 2_000, 2_000],
  );
});

/** A gateway's services below the graph, one for each account. */
async function openAccounts(t: TestContext, place: TestDatabase) {
  const opened = await openRooms(t, place, { readMaxAgeMs: 0 });
  const operations = createOperations(opened.rooms);
  const serve = createServices(opened.rooms, operations);
  return { ...opened, serve, one: serve('sub-a'), other: serve('sub-b') };
}

/** An account's activity, once there is some: whatever else runs on the same Postgres holds it back. */
async function released(service: Service): Promise<Page<ToldChange>> {
  const read = () => service.findActivity({}, { first: 100 });
  await eventually('the activity is released', async () => (await read()).edges.length > 1);
  return read();
}

const rounds = 20;
const all = Array.from({ length: rounds }, (_, round) => round);

/** Of which no webhook tells, since nothing listens there. */
async function payAtXendit({ url }: Sandbox, account: string, externalId: string, amount: number): Promise<void> {
  const authorization = `Basic ${Buffer.from('xnd_development_payer:').toString('base64')}`;
  const headers = { authorization, 'for-user-id': account, 'content-type': 'application/json' };
  const path = `/qr_codes/${externalId}/payments/simulate`;
  const paid = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify({ amount }) });
  assert.equal(paid.status, 200);
}

/** Both at the same moment. */
function both<T>(one: Service, other: Service, ask: (service: Service) => Promise<T>): Promise<[T, T]> {
  return Promise.all([ask(one), ask(other)]);
}

testOnEachDatabase('two accounts that do the same by the same names and keys meet nowhere', async (t, place) => {
  const { rooms, sandbox, serve, one, other } = await openAccounts(t, place);
  const services = [
    [one, 'sub-a', 10_000],
    [other, 'sub-b', 20_000],
  ] as const;
  // Creates: the same name and key, at the same moment, with different amounts.
  const made = await Promise.all(
    all.flatMap((round) =>
      services.map(([service, , base]) => {
        const amount = String(base + round);
        return service.createQrCode({ externalId: `code-${round}`, type: 'DYNAMIC', amount }, `key-${round}`);
      }),
    ),
  );
  assert.ok(made.every(({ alreadyProcessed }) => !alreadyProcessed));
  const amountOf = (code: Resource<'QrCode'> | undefined) => Number(code?.amount?.amount);
  const ids = made.map(({ result }) => result.id);
  assert.equal(new Set(ids).size, 2 * rounds);
  // Reads: joined by those who ask the same in the same account, and by nobody else.
  for (const round of all) {
    const externalId = `code-${round}`;
    const found = await both(one, other, (service) => service.findQrCode(externalId));
    assert.deepEqual(found.map(amountOf), [10_000 + round, 20_000 + round]);
    assert.deepEqual(
      found.map((code) => code?.account),
      ['sub-a', 'sub-b'],
    );
    const paid = await both(one, other, (service) => service.simulateQrPayment({ externalId }));
    assert.deepEqual(
      paid.map(({ amount }) => Number(amount?.amount)),
      [10_000 + round, 20_000 + round],
    );
    const pages = await both(one, other, (service) => service.findQrPayments(externalId, { first: 10 }));
    assert.deepEqual(
      pages.map(({ edges }) => edges.map(({ node }) => node.id)),
      paid.map(({ id }) => [id]),
    );
    // By id: another account's is unknown, by whatever way.
    const [mine = '', theirs = ''] = ids.slice(2 * round, 2 * round + 2);
    const [own, foreign, linked, ownLinked] = await Promise.all([
      one.findNode(mine),
      one.findNode(theirs),
      one.findLinked('QrCode', theirs),
      other.findLinked('QrCode', theirs),
    ]);
    assert.deepEqual([own?.id, foreign, linked, ownLinked?.id], [mine, undefined, undefined, theirs]);
    await assert.rejects(one.watch('QrCode', theirs, undefined), { code: 'NOT_FOUND' });
  }
  assert.equal((await serve('').search('QrCode', {}, { first: 100 })).edges.length, 0);
  for (const [service, account, base] of services) {
    const codes = (await service.search('QrCode', {}, { first: 100 })).edges.map(({ node }) => node);
    assert.deepEqual(
      codes.map(amountOf).sort(),
      all.map((round) => base + round),
    );
    const told = await released(service);
    assert.deepEqual(new Set(told.edges.map(({ node }) => node.resource.account)), new Set([account]));
    assert.ok((await service.findXenditBudget()).every((view) => view.account === account));
  }
  // What only Xendit knows is taken into the account of who asked.
  await both(one, other, (service) => service.createQrCode({ externalId: 'open', type: 'STATIC' }, 'open'));
  for (const [, account, base] of services) await payAtXendit(sandbox, account, 'open', base);
  // So slow that the second comes while the first is under way.
  sandbox.faults.next('GET /qr_codes/payments', { kind: 'delay', ms: 300 }, 2);
  const listed = await both(one, other, (service) => service.findQrPayments('open', { first: 10 }));
  assert.deepEqual(
    listed.map(({ edges }) => edges.map(({ node }) => [node.account, Number(node.amount?.amount)])),
    services.map(([, account, base]) => [[account, base]]),
  );
  const asked = sandbox.record.requests.map(({ account }) => account);
  assert.deepEqual(new Set(asked), new Set(['sub-a', 'sub-b']));
  assert.deepEqual(await rooms.reads.head(''), { transaction: 0n, id: 0n });
});

testOnEachDatabase(
  'webhooks about the same ids, read in one moment, are told in each account as its own',
  async (t, place) => {
    const { rooms, one, other } = await openAccounts(t, place);
    const report = (account: string, body: object) => rooms.ledger.observe(readEvent(delivery(body, { account })));
    const code = { id: 'qr_1', externalId: 'counter' };
    await Promise.all(
      ['sub-a', 'sub-b'].map((account) => report(account, qrPayment(code, 'qrpy_0', { amount: 1_500 }))),
    );
    const streams = await both(one, other, (service) => service.watch('QrCode', 'qr_1', undefined));
    const openings = await Promise.all(streams.map((stream) => stream.next()));
    assert.deepEqual(
      openings.map(({ value }) => value.resource.account),
      ['sub-a', 'sub-b'],
    );
    for (let round = 1; round <= 50; round += 1) {
      // Told in one commit, and read by one query of the log.
      await Promise.all([
        report('sub-a', qrPayment(code, `qrpy_${round}`, { amount: 10_000 + round })),
        report('sub-b', qrPayment(code, `qrpy_${round}`, { amount: 20_000 + round })),
      ]);
      const told = await Promise.all(streams.map((stream) => stream.next()));
      assert.deepEqual(
        told.map(({ value }) => [value.resource.account, value.version]),
        [
          ['sub-a', round + 1],
          ['sub-b', round + 1],
        ],
      );
      const payments = await both(one, other, (service) => service.findLinked('QrPayment', `qrpy_${round}`));
      assert.deepEqual(
        payments.map((payment) => Number(payment?.amount?.amount)),
        [10_000 + round, 20_000 + round],
      );
    }
    await Promise.all(streams.map((stream) => stream.return(undefined)));
  },
);

testOnEachDatabase('a cursor or a webhook of another account is none', async (t, place) => {
  const { rooms, one, other } = await openAccounts(t, place);
  const code = { id: 'qr_1', externalId: 'counter' };
  for (const account of ['sub-a', 'sub-b']) {
    for (const id of ['qrpy_1', 'qrpy_2']) {
      await rooms.ledger.observe(readEvent(delivery(qrPayment(code, id), { account })));
    }
    await rooms.ledger.observe(readEvent(delivery('{"event":"zebra.seen"}', { account })));
  }
  await Promise.all([one, other].map(released));
  const known = (await one.findLinked('QrCode', 'qr_1')) as Resource;
  const lists: [name: string, page: (service: Service, after?: string) => Promise<{ edges: { cursor: string }[] }>][] =
    [
      ['search', async (service, after) => service.search('QrPayment', {}, { first: 1, after })],
      ['activity', async (service, after) => service.findActivity({}, { first: 1, after })],
      ['history', async (service, after) => service.findHistory(known, { first: 1, after })],
      ['children', async (service, after) => service.findChildren('QrPayment', 'qr_1', { first: 1, after })],
      ['webhooks', async (service, after) => service.findWebhookEvents({}, { first: 1, after })],
    ];
  for (const [name, page] of lists) {
    const cursor = (await page(one)).edges[0]?.cursor;
    assert.equal((await page(one, cursor)).edges.length, 1, name);
    await assert.rejects(page(other, cursor), { code: 'CURSOR_INVALID' }, name);
  }
  const last = (await released(one)).edges[0]?.cursor;
  await assert.rejects(other.watchActivity({}, last), { code: 'CURSOR_INVALID' });
  const outcomes = ['UNRECOGNISED'] as const;
  const [unread] = (await one.findWebhookEvents({ outcomes }, { first: 1 })).edges;
  assert.equal((await one.redriveWebhookEvent(unread?.node.id ?? '')).outcome, 'UNRECOGNISED');
  await assert.rejects(other.redriveWebhookEvent(unread?.node.id ?? ''), { code: 'NOT_FOUND' });
  assert.equal(await other.findNode(unread?.node.id ?? ''), undefined);
});

test('an account that Xendit refuses, or has had enough of, closes the way to nobody else', async (t) => {
  const sandbox = await startSandbox({ requestsPerMinute: 10_000 });
  t.after(() => sandbox.close());
  // The breaker of the settings: ten calls, half of them failed. It is one for the host.
  const breaker = createBreaker();
  const budget = createBudget({ requestsPerMinute: 10_000 });
  const xendit = openXendit({
    baseUrl: sandbox.url,
    secretKey: 'xnd_development_test',
    timeoutMs: 5_000,
    budget,
    breaker,
  });
  t.after(() => xendit.close());
  const code = { externalId: 'code', type: 'STATIC', callbackUrl: 'http://127.0.0.1:9' } as const;
  await createQrCode(xendit, 'sub-b', code);
  const refusals = [
    [403, 'REQUEST_FORBIDDEN_ERROR', 'FORBIDDEN'],
    [429, 'RATE_LIMIT_EXCEEDED', 'THROTTLED'],
  ] as const;
  for (const [status, errorCode, told] of refusals) {
    for (let call = 0; call < 20; call += 1) {
      sandbox.faults.next('GET /qr_codes/:external_id', { kind: 'status', status, errorCode });
      await assert.rejects(getQrCode(xendit, 'sub-a', code), { code: told });
      // Spent by ourselves, the budget has sent nothing that could meet the fault.
      sandbox.faults.clear();
      await getQrCode(xendit, 'sub-b', code);
    }
  }
  assert.equal(breaker.state('reads'), 'CLOSED');
});
