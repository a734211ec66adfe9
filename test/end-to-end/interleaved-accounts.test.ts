import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signToken } from '../support/callers.ts';
import { figure, manyAtOnce, upTo } from '../support/figures.ts';
import { callbackToken, startGateway } from '../support/gateway.ts';
import { codeOf, type Line, linesWith, streaming, type Told } from '../support/lines.ts';
import { qrPayment } from '../support/samples.ts';
import { startXendit } from '../support/xendit.ts';

const tokens: Record<string, string> = { '': callbackToken, 'sub-a': 'a-token', 'sub-b': 'b-token' };
const accounts = Object.keys(tokens);
/** Each account's amounts are within 10,000 of it, so that each amount tells whose it is. */
const baseOf = (account: string) => 10_000 * (1 + accounts.indexOf(account));

/** All amounts in an answer that are another account's. */
function crossings(account: string, told: unknown): string[] {
  const amounts = [...JSON.stringify(told).matchAll(/"amount":"(\d+)"/g)].map(([, amount = '']) => amount);
  assert.ok(amounts.length > 0, JSON.stringify(told).slice(0, 500));
  return amounts.filter((amount) => Math.floor(Number(amount) / 10_000) !== baseOf(account) / 10_000);
}

const money = 'amount { amount }';
/** What is asked in the same words and with the same variables in every account. */
const questions = [
  `query ($name: ID!) { qrCode(externalId: $name) { id ${money} payments { edges { node { ${money} qrCode { ${money} } } } } } }`,
  `query ($name: ID!) { open: qrCode(externalId: $name) { ${money} history { edges { cursor } } } qrCodes { edges { node { ${money} } } } }`,
  `query ($name: ID!) { qrCodes(filter: { externalId: $name }) { edges { node { ${money} payments { edges { node { ${money} } } } } } } }`,
  `query ($name: ID!) { qrPayments(externalId: $name) { edges { node { ${money} qrCode { ${money} externalId } } } } qrCode(externalId: $name) { ${money} } }`,
  `query ($name: ID!) { activity(first: 5) { edges { node { resource { ... on QrCode { ${money} } ... on QrPayment { paid: amount { amount } } } } } } qrCode(externalId: $name) { ${money} } }`,
  `subscription ($name: ID!) { qrCodeChanged(externalId: $name) { qrCode { ${money} } payment { ${money} } } }`,
];
const create = `mutation ($input: CreateQrCodeInput!) {
  createQrCode(input: $input) { ... on CreateQrCodePayload { alreadyProcessed qrCode { ${money} } } ... on Failure { message } }
}`;

test('accounts that ask the same at the same moment are each told their own', async (t) => {
  const { xendit, environment } = await startXendit(t, { callbackToken: (account) => tokens[account] ?? '' });
  const gateway = await startGateway(t, {
    ...environment,
    ACCOUNT_CALLBACK_TOKENS: 'sub-a=a-token,sub-b=b-token',
    READ_MAX_AGE_MS: '0',
    OPERATIONS_PER_MINUTE: '1000000',
    SOCKETS_PER_CALLER: '1000',
  });
  xendit.webhookUrl = (account) => `${gateway.url}/webhooks/xendit${account && `/${account}`}`;
  const lines = new Map<string, Record<string, Line>>();
  for (const account of accounts)
    lines.set(account, linesWith(t, gateway.url, await signToken({ sub: 'shop', account: account || undefined })));
  const lineOf = (account: string, transport = 'HTTP') => lines.get(account)?.[transport] ?? assert.fail();
  const found: string[] = [];

  // The same names and keys, at the same moment.
  const names = upTo(20).map((number) => `code-${number}`);
  await manyAtOnce(
    names.flatMap((name, number) => accounts.map((account) => ({ name, number, account }))),
    accounts.length * 2,
    async ({ name, number, account }) => {
      const amount = String(baseOf(account) + number);
      const input = { externalId: name, type: 'DYNAMIC', amount, idempotencyKey: name };
      const told = await lineOf(account).ask<{ createQrCode: { alreadyProcessed: boolean } }>(create, { input });
      assert.equal(told.data?.createQrCode.alreadyProcessed, false);
      found.push(...crossings(account, told));
    },
  );
  // Half of them are paid, so that some answers are the ledger's and others Xendit's.
  for (const name of names.slice(0, 10)) {
    const pay = `mutation ($name: ID!) { simulateQrPayment(input: { externalId: $name }) { ... on SimulateQrPaymentPayload { qrPayment { ${money} } } } }`;
    await Promise.all(
      accounts.map((account) =>
        lineOf(account)
          .ask(pay, { name })
          .then((told) => found.push(...crossings(account, told))),
      ),
    );
  }
  await xendit.idle();
  const operations = figure(300, 10_000);
  let streams = 0;
  await manyAtOnce(upTo(operations), 15, async (turn) => {
    const account = accounts[turn % accounts.length] ?? '';
    const round = Math.floor(turn / accounts.length);
    const query = questions[round % questions.length] ?? '';
    const isStream = query.startsWith('subscription');
    if (isStream) streams += 1;
    const transport = isStream ? streaming[round % streaming.length] : 'HTTP';
    const told = await lineOf(account, transport).ask(query, { name: names[round % names.length] });
    assert.equal(codeOf(told), undefined, JSON.stringify(told.errors));
    found.push(...crossings(account, told));
  });
  t.diagnostic(
    `${operations} operations, ${streams} of them streams; ${xendit.record.requests.length} calls to Xendit`,
  );
  assert.deepEqual(found, []);

  // Those who watch the same name in the same words share what one event comes to, within their account.
  const watch = questions.at(-1) ?? '';
  const watching = accounts.flatMap((account) =>
    streaming.flatMap((transport) =>
      [1, 2].map(() => ({ account, stream: lineOf(account, transport).watch(watch, { name: 'counter' }) })),
    ),
  );
  const pay = async (account: string, payment: number) => {
    const body = qrPayment({ id: 'qr_counter', externalId: 'counter' }, `qrpy_${payment}`, {
      amount: baseOf(account) + payment,
    });
    const headers = { 'x-callback-token': tokens[account] ?? '' };
    const { status } = await gateway.deliver(body, headers, `/webhooks/xendit${account && `/${account}`}`);
    assert.equal(status, 200);
  };
  for (const payment of upTo(10)) {
    await Promise.all(accounts.map((account) => pay(account, payment)));
    for (const { account, stream } of watching) {
      const { value } = (await stream.next()) as { value: Told<{ qrCodeChanged: { payment: { amount: object } } }> };
      const amount = String(baseOf(account) + payment);
      assert.deepEqual(value.data?.qrCodeChanged.payment, { amount: { amount } }, account);
    }
  }
  for (const { stream } of watching) await stream.return();
});

test('what one caller has used up of its minute is neither its neighbour’s nor its namesake’s in another account', async (t) => {
  const most = 25;
  const { environment } = await startXendit(t);
  const gateway = await startGateway(t, { ...environment, OPERATIONS_PER_MINUTE: String(most) });
  const callers = [
    { sub: 'shop' },
    { sub: 'till' },
    { sub: 'shop', account: 'sub-a' },
    { sub: 'shop', account: 'sub-b' },
  ];
  const own = await Promise.all(callers.map(async (caller) => linesWith(t, gateway.url, await signToken(caller))));
  // All transports count together.
  const asked = await manyAtOnce(upTo(4 * (most + 3)), 8, async (turn) => {
    const line = own[turn % own.length]?.[turn % 3 === 0 ? 'server-sent events' : 'HTTP'] ?? assert.fail();
    return { caller: turn % own.length, code: codeOf(await line.ask('{ xenditBudget { endpoint } }')) };
  });
  for (const caller of callers.keys()) {
    const codes = asked.filter((one) => one.caller === caller).map(({ code }) => code);
    assert.deepEqual(
      [codes.filter((code) => code === undefined).length, codes.filter((code) => code === 'THROTTLED').length],
      [most, 3],
    );
  }
});
