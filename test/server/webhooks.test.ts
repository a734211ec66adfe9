import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { parseJson } from '../../src/model/json.ts';
import { openDatabase } from '../../src/store/database.ts';
import { type TestDatabase, testOnEachDatabase } from '../support/database.ts';
import { callbackToken, onSharedGateway, startGateway, type TestGateway } from '../support/gateway.ts';
import { connectTo } from '../support/raw-http.ts';
import { sample } from '../support/samples.ts';

const testTogether = onSharedGateway();

interface Kept {
  id: string;
  event: string | null;
  outcome: string;
  reason: string | null;
  body: string;
}

/** The inbox, newest first. */
async function inbox(gateway: TestGateway): Promise<Kept[]> {
  const { data, errors } = await gateway.ask<{ webhookEvents: { edges: { node: Kept }[] } }>(
    '{ webhookEvents(first: 100) { edges { node { id event outcome reason body } } } }',
  );
  return data?.webhookEvents.edges.map(({ node }) => node) ?? assert.fail(JSON.stringify(errors));
}

/** The head of a delivery, as it goes over the wire. */
function head(...headers: string[]): string {
  return ['POST /webhooks/xendit HTTP/1.1', 'Host: gateway', ...headers, '', ''].join('\r\n');
}

const proof = `x-callback-token: ${callbackToken}`;
const body = JSON.stringify(sample('qr.payment.v1'));

testTogether(
  'whoever has no token or a wrong one is refused before the body is read, always in the same words',
  async (t, gateway) => {
    const strangers: string[][] = [
      [],
      ['x-callback-token:'],
      ['x-callback-token: wrong'],
      [`x-callback-token: ${callbackToken}x`],
      [`x-callback-token: ${callbackToken.slice(0, -1)}`],
      [`x-callback-token: ${callbackToken.toUpperCase()}`],
      [proof, proof],
      [proof, 'x-callback-token: wrong'],
      ['x-callback-token: wrong', proof],
      [proof, 'X-Callback-Token: wrong'],
      [`x-callback-token: ${callbackToken},${callbackToken}`],
      [`x-callback-token: ${callbackToken}\u00a0`],
      [`authorization: Bearer ${callbackToken}`],
    ];
    const told = new Set<string>();
    for (const headers of strangers) {
      const connection = await connectTo(t, gateway.url);
      connection.send(head(...headers, 'content-type: application/json', `content-length: ${body.length}`));
      const { status, headers: answered, body: text } = await connection.answer();
      const { requestId, ...words } = JSON.parse(text) as Record<string, string>;
      assert.equal(status, 401, headers.join());
      assert.equal(requestId, answered['x-request-id']);
      const shape = Object.keys(answered).filter((name) => name !== 'date');
      told.add(JSON.stringify([words, shape, answered['content-length']]));
    }
    assert.equal(told.size, 1);
    assert.deepEqual(JSON.parse([...told][0] ?? '')[0], {
      code: 'UNAUTHENTICATED',
      message: 'The callback token is absent or wrong',
    });
    assert.deepEqual(await inbox(gateway), []);
  },
);

test('white space around a token is no part of it, nor the case of its name, as HTTP says; every active token is accepted', async (t) => {
  const gateway = await startGateway(t, { XENDIT_CALLBACK_TOKENS: ' old-token , new-token ' });
  const connection = await connectTo(t, gateway.url);
  connection.send(`${head('x-callback-token:   old-token  ', 'content-length: 2')}{}`);
  assert.equal((await connection.answer()).status, 200);
  connection.send(`${head('X-Callback-Token: old-token', 'Content-Length: 2')}{}`);
  assert.equal((await connection.answer()).status, 200);
  for (const [token, status] of [
    ['old-token', 200],
    ['new-token', 200],
    [callbackToken, 401],
    ['old-token,new-token', 401],
  ] as const) {
    assert.equal((await gateway.deliver('{}', { 'x-callback-token': token })).status, status);
  }
});

test('another account’s token is refused as a wrong one is, before the body is read, and counted', async (t) => {
  const ACCOUNT_CALLBACK_TOKENS = 'sub-a=a-token,sub-a=a-new,sub-b=b-token';
  const gateway = await startGateway(t, {
    XENDIT_SECRET_KEY: 'xnd_development_test',
    XENDIT_BASE_URL: 'http://127.0.0.1:9',
    XENDIT_CALLBACK_TOKENS: callbackToken,
    ACCOUNT_CALLBACK_TOKENS,
  });
  const told = new Set<string>();
  const refused: [path: string, token: string][] = [
    ['', 'a-token'],
    ['', 'wrong'],
    ['/sub-a', callbackToken],
    ['/sub-a', 'b-token'],
    ['/sub-a', 'wrong'],
    ['/sub-b', 'a-new'],
    ['/sub-c', callbackToken],
    ['/sub-c', 'a-token'],
    ['/sub-c', ''],
    ['/constructor', 'a-token'],
  ];
  for (const [path, token] of refused) {
    const connection = await connectTo(t, gateway.url);
    const first = `POST /webhooks/xendit${path} HTTP/1.1`;
    connection.send(
      [first, 'Host: gateway', `x-callback-token: ${token}`, `content-length: ${body.length}`, '', ''].join('\r\n'),
    );
    const { status, headers, body: text } = await connection.answer();
    assert.equal(status, 401, `${token} to ${path}`);
    const { requestId, ...words } = JSON.parse(text) as Record<string, string>;
    assert.equal(requestId, headers['x-request-id']);
    const shape = Object.keys(headers).filter((name) => name !== 'date');
    told.add(JSON.stringify([words, shape, headers['content-length']]));
  }
  assert.equal(told.size, 1);
  assert.equal(gateway.refusals(), refused.length);
  for (const [path, token] of [
    ['', callbackToken],
    ['/sub-a', 'a-token'],
    ['/sub-a', 'a-new'],
    ['/sub-b', 'b-token'],
  ] as const) {
    const answer = await gateway.deliver(body, { 'x-callback-token': token }, `/webhooks/xendit${path}`);
    assert.equal(answer.status, 200, `${token} to ${path}`);
  }
  assert.equal(gateway.refusals(), refused.length);
});

testTogether('a delivery in another coding is refused', async (_t, gateway) => {
  for (const coding of ['gzip', 'br', 'identity']) {
    const answer = await gateway.deliver(body, { 'content-encoding': coding });
    assert.equal(answer.status, 415);
    assert.equal(((await answer.json()) as { code: string }).code, 'UNSUPPORTED_MEDIA_TYPE');
  }
  assert.deepEqual(await inbox(gateway), []);
});

testTogether('a delivery that is too long is refused, whether or not it says how long it is', async (t, gateway) => {
  const limit = 262_144;
  const long = JSON.stringify({ event: 'long', filling: 'x'.repeat(limit) });
  const announced = await connectTo(t, gateway.url);
  announced.send(head(proof, `content-length: ${long.length}`));
  const refusal = await announced.answer();
  assert.equal(refusal.status, 413);
  assert.equal((JSON.parse(refusal.body) as { code: string }).code, 'PAYLOAD_TOO_LARGE');

  const chunked = await connectTo(t, gateway.url);
  chunked.send(head(proof, 'transfer-encoding: chunked'));
  for (let sent = 0; sent <= limit; sent += 0x4000) chunked.send(`4000\r\n${'x'.repeat(0x4000)}\r\n`);
  assert.equal((await chunked.answer()).status, 413);
  assert.deepEqual(await inbox(gateway), []);

  const envelope = JSON.stringify({ event: 'just fits', filling: '' }).length;
  const fitting = await gateway.deliver({ event: 'just fits', filling: 'x'.repeat(limit - envelope) });
  assert.equal(fitting.status, 200);
  assert.equal((await inbox(gateway))[0]?.body.length, limit);
});

const unreadable: [what: string, body: string | Uint8Array][] = [
  ['nothing', ''],
  ['half a message', body.slice(0, 100)],
  ['no JSON', 'event=qr.payment'],
  ['a list', '[{"event":"qr.payment"}]'],
  ['text', '"qr.payment"'],
  ['null', 'null'],
  ['no event', '{}'],
  ['an event that is no text', '{"event":{"a":1}}'],
  ['no UTF-8', Buffer.concat([Buffer.from('{"event":"'), Buffer.from([0xff, 0xfe, 0x00]), Buffer.from('"}')])],
  ['any bytes', randomBytes(500)],
  ['a payment without id', '{"event":"qr.payment","qr_code":{"id":"qr_1"},"amount":1}'],
  [
    'an id that is a prototype',
    '{"event":"qr.payment","data":{"__proto__":{"id":"qrpy_1","qr_id":"qr_1","amount":1}}}',
  ],
  [
    'an amount beyond all numbers',
    '{"event":"payment.succeeded","data":{"id":"py-1","amount":1e400,"currency":"IDR"}}',
  ],
  ['an amount in words', '{"event":"payment.succeeded","data":{"id":"py-1","amount":"ten","currency":"IDR"}}'],
  [
    'a lone surrogate for an id',
    '{"event":"payment.succeeded","data":{"id":"py-\\ud800","amount":1,"currency":"IDR"}}',
  ],
  ['a NUL in an id', '{"event":"payment.succeeded","data":{"id":"py-\\u0000","amount":1,"currency":"IDR"}}'],
  ['brackets ten thousand deep', `{"event":"qr.payment","data":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
  ['blanks', ' \n\t '],
  ['a byte order mark and nothing', '\uFEFF'],
  ['a byte order mark in the wrong coding', Buffer.from('\uFEFF{"event":"qr.payment"}', 'utf16le')],
  ['UTF-16', Buffer.from('{"event":"qr.payment"}', 'utf16le')],
  ['an overlong character', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
  ['half a character', Buffer.concat([Buffer.from('{"event":"'), Buffer.from([0xe2, 0x82])])],
  ['a number', '42'],
  ['true', 'true'],
  ['two messages', '{"event":"qr.payment"}{"event":"qr.payment"}'],
  ['a comma too many', '{"event":"qr.payment",}'],
  ['single quotes', "{'event':'qr.payment'}"],
  ['a comment', '{"event":"qr.payment"/* paid */}'],
  ['no number', '{"event":"payment.succeeded","data":{"id":"py-1","amount":NaN}}'],
  ['a line break in a string', '{"event":"qr.\npayment"}'],
  ['a NUL after it', '{"event":"qr.payment"}\0'],
  ['an event twice, the last no text', '{"event":"qr.payment","event":7}'],
  ['an event named as a prototype', '{"__proto__":{"event":"qr.payment"}}'],
  ['an event of blanks alone', '{"event":""}'],
  ['a list for data', '{"event":"payment.succeeded","data":[{"id":"py-1"}]}'],
  ['text for data', '{"event":"payment.succeeded","data":"py-1"}'],
  ['a number for an id', '{"event":"payment.succeeded","data":{"id":1e400,"amount":1,"currency":"IDR"}}'],
  ['an object for an id', '{"event":"refund.succeeded","data":{"id":{"not":""},"amount":1}}'],
  ['objects ten thousand deep', `{"event":"qr.payment","metadata":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`],
];

/** How the graph shows a body that has nothing to hide: JSON without its white space, anything else as it is. */
function shown(text: string): string {
  try {
    return JSON.stringify(parseJson(text));
  } catch {
    return text;
  }
}

/** The bodies as the store has them, in hex. */
async function readBodies({ environment }: TestDatabase): Promise<string[]> {
  const { DATA_DIR: dataDir, DATABASE_URL: databaseUrl } = environment;
  const { prisma, close } = await openDatabase({ dataDir, databaseUrl, poolSize: 2 });
  const events = await prisma.webhookEvent.findMany({ select: { body: true } });
  await close();
  return events.map((event) => Buffer.from(event.body).toString('hex')).sort();
}

testOnEachDatabase('what can not be read is kept to the byte, and acknowledged', async (t, database) => {
  const gateway = await startGateway(t, {}, database);
  for (const [what, sent] of unreadable) {
    const answer = await gateway.deliver(sent);
    assert.equal(answer.status, 200, what);
    const { outcome } = (await answer.json()) as { outcome: string };
    assert.equal(outcome, 'QUARANTINED', what);
    const [kept] = await inbox(gateway);
    assert.equal(kept?.outcome, 'QUARANTINED', what);
    assert.ok(kept?.reason, what);
    assert.equal(kept?.body, shown(Buffer.from(sent).toString()), what);
  }
  const { data } = await gateway.ask('{ activity { edges { cursor } } }');
  assert.deepEqual(data, { activity: { edges: [] } });
  await gateway.close();
  const bytes = await readBodies(database);
  assert.deepEqual(bytes, unreadable.map(([, sent]) => Buffer.from(sent).toString('hex')).sort());
  assert.equal(({} as { id?: string }).id, undefined);
});

testTogether('an event that nobody knows yet is kept', async (_t, gateway) => {
  for (const event of [
    'payout.succeeded',
    'qr.payments',
    'constructor',
    '__proto__',
    'qr.payment\n',
    'é',
    'x'.repeat(255),
  ]) {
    const answer = await gateway.deliver({ event, data: { id: 'disb-1' } });
    assert.deepEqual([answer.status, ((await answer.json()) as Kept).outcome], [200, 'UNRECOGNISED'], event);
    assert.deepEqual([(await inbox(gateway))[0]?.event, (await inbox(gateway))[0]?.outcome], [event, 'UNRECOGNISED']);
  }
});

testTogether('whatever event and status a delivery names, it is kept and acknowledged', async (_t, gateway) => {
  const names =
    `qr.payment.v2 payment.capture.v3 payment.succeeded.v2 capture.succeeded.v2 refund.succeeded ewallet.capture
    payment_session.completed payment_token.activation.v3 payment_request.expiry.v3`.split(/\s+/);
  const bodies = names.flatMap((name) => {
    const event = String(sample(name).event);
    return [event, `${event}.of_tomorrow`, event.replace(/\w+$/, 'invented')].flatMap((said) =>
      ['OF_TOMORROW', '', 'succeeded', null, 7, { a: 1 }].map((status) => sample(name, { status }, { event: said })),
    );
  });
  const answers = await Promise.all(bodies.map((one) => gateway.deliver(one)));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  const told = await Promise.all(answers.map(async (answer) => ((await answer.json()) as Kept).outcome));
  const outcomes = new Set(told);
  assert.ok(!outcomes.has('FAILED') && outcomes.has('UNRECOGNISED') && outcomes.has('APPLIED'), [...outcomes].join());
});

testTogether('a transfer that breaks off leaves nothing behind', async (t, gateway) => {
  for (const sent of ['', body.slice(0, -1)]) {
    const connection = await connectTo(t, gateway.url);
    connection.send(head(proof, `content-length: ${body.length}`) + sent);
    const chunked = await connectTo(t, gateway.url);
    chunked.send(`${head(proof, 'transfer-encoding: chunked')}${body.length.toString(16)}\r\n${body}\r\n`);
    await (await gateway.deliver('{"event":"in between"}')).text();
    connection.reset();
    chunked.reset();
  }
  const whole = await connectTo(t, gateway.url);
  whole.send(head(proof, `content-length: ${body.length}`) + body);
  assert.equal((await whole.answer()).status, 200);
  assert.deepEqual(
    (await inbox(gateway)).slice(0, 2).map(({ event }) => event),
    ['qr.payment', 'in between'],
  );
});

testOnEachDatabase('no digit and no moment gets lost', async (t, database) => {
  const gateway = await startGateway(t, {}, database);
  const amounts = [
    '10000.01',
    '9007199254740993',
    '0.1',
    '0.30000000000000004',
    '12345678901234567890.123456789',
    '1e3',
  ];
  for (const [index, amount] of amounts.entries()) {
    const message = JSON.stringify(
      sample('payment.succeeded.v2', { id: `py-${index}`, amount: 4_711, payment_request_id: `pr-${index}` }),
    );
    await gateway.deliver(message.replace('4711', amount));
    const { data } = await gateway.ask<Record<string, { amount: { amount: string } }>>(
      `{ payment(id: "py-${index}") { amount { amount } } paymentRequest(id: "pr-${index}") { amount { amount } } }`,
    );
    const expected = amount === '1e3' ? '1000' : amount;
    assert.deepEqual([data?.payment?.amount.amount, data?.paymentRequest?.amount.amount], [expected, expected]);
  }
  await gateway.deliver(sample('capture.succeeded.v2', { created: '2020-03-26T05:44:26+0800' }));
  const { data } = await gateway.ask(
    `{ capture: node(id: "cap-48d749c9-dd46-462c-bece-c3e73cd94125") { ... on Capture { created capturedAmount { amount } } }
       payment(id: "py-0") { created } }`,
  );
  assert.deepEqual(data, {
    capture: { created: '2020-03-25T21:44:26.000Z', capturedAmount: { amount: '1000000' } },
    payment: { created: '2022-02-16T06:01:07.322Z' },
  });
});

testTogether('whatever else is asked for is answered in JSON', async (t, gateway) => {
  const asked: [method: string, path: string, status: number][] = [
    ['GET', '/webhooks/xendit', 405],
    ['PUT', '/webhooks/xendit', 405],
    ['DELETE', '/webhooks/xendit/', 404],
    ['POST', '/webhooks', 404],
    ['POST', '/webhooks/xendit/a/b', 404],
    ['POST', '/webhooks/xendit/a%00b', 404],
    ['POST', `/webhooks/xendit/${'x'.repeat(400)}`, 414],
    ['GET', '/nothing', 404],
    ['GET', '/%', 400],
    ['PATCH', '/graphql', 405],
  ];
  for (const [method, path, status] of asked) {
    const answer = await fetch(gateway.url + path, { method, headers: { 'x-callback-token': callbackToken } });
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8', `${method} ${path}`);
    const { code, message, requestId } = (await answer.json()) as Record<string, string>;
    assert.equal(answer.status, status, `${method} ${path.slice(0, 40)}`);
    assert.ok(code && message && requestId);
    assert.equal(answer.headers.get('x-request-id'), requestId);
  }
  const odd = await connectTo(t, gateway.url);
  odd.send('NONSENSE\r\n\r\n');
  const unreadable = await odd.answer();
  assert.deepEqual([unreadable.status, (JSON.parse(unreadable.body) as { code: string }).code], [400, 'BAD_REQUEST']);
  for (const [path, status] of [
    ['live', 'live'],
    ['ready', 'ready'],
  ]) {
    const answer = await fetch(`${gateway.url}/health/${path}`);
    assert.deepEqual([answer.status, await answer.json()], [200, { status }]);
  }
});
