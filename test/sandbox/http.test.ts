import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { basicAuth, call, newQrCode, start } from './support.ts';

const auths = [
  ['no authorization', ''],
  ['a bearer token', 'Bearer xnd_development_test'],
  ['a live key', `Basic ${Buffer.from('xnd_production_test:').toString('base64')}`],
  ['a public key', `Basic ${Buffer.from('xnd_public_development_test:').toString('base64')}`],
  ['a bare prefix', `Basic ${Buffer.from('xnd_development_:').toString('base64')}`],
  ['a key in place of the password', `Basic ${Buffer.from(':xnd_development_test').toString('base64')}`],
] as const;
for (const [name, authorization] of auths) {
  test(`${name} is answered 401 INVALID_API_KEY, and nothing is done`, async (t) => {
    const sandbox = await start(t);
    const refused = await call(sandbox, 'POST', '/qr_codes', newQrCode(), { authorization });
    assert.equal(refused.status, 401);
    assert.equal(refused.body.error_code, 'INVALID_API_KEY');
    assert.equal(typeof refused.body.message, 'string');
    assert.equal((await call(sandbox, 'GET', '/qr_codes/order-1')).status, 404);
  });
}

test('every development key opens the same account, whatever its case of Basic', async (t) => {
  const sandbox = await start(t);
  await call(sandbox, 'POST', '/qr_codes', newQrCode());
  const authorization = `basic ${Buffer.from('xnd_development_other:ignored').toString('base64')}`;
  assert.equal((await call(sandbox, 'GET', '/qr_codes/order-1', undefined, { authorization })).status, 200);
});

test('a sub-account has codes of its own', async (t) => {
  const sandbox = await start(t);
  const sub = { 'for-user-id': 'sub-1' };
  assert.equal((await call(sandbox, 'POST', '/qr_codes', newQrCode())).status, 200);
  assert.equal((await call(sandbox, 'GET', '/qr_codes/order-1', undefined, sub)).status, 404);
  assert.equal((await call(sandbox, 'GET', '/qr_codes/payments?external_id=order-1', undefined, sub)).status, 404);
  assert.equal((await call(sandbox, 'POST', '/qr_codes/order-1/payments/simulate', {}, sub)).status, 404);
  assert.equal((await call(sandbox, 'POST', '/qr_codes', newQrCode({ amount: 20000 }), sub)).status, 200);
  assert.equal((await call(sandbox, 'GET', '/qr_codes/order-1')).body.amount, 15000);
  assert.equal((await call(sandbox, 'GET', '/qr_codes/order-1', undefined, sub)).body.amount, 20000);
});

test('every answer names its request', async (t) => {
  const sandbox = await start(t);
  const ids = new Set<string | null>();
  for (const path of ['/qr_codes/none', '/nowhere', '/qr_codes/payments', '/%zz']) {
    ids.add((await call(sandbox, 'GET', path)).headers.get('request-id'));
  }
  assert.ok(!ids.has(null));
  assert.deepEqual(
    [...ids],
    sandbox.record.requests.map(({ requestId }) => requestId),
  );
});

const oddIds = [
  'a/b',
  'a?b=c&d',
  'a#b',
  '100%',
  '%2F',
  'a b+c',
  'kode-日本-🎉',
  '..',
  'é',
  '"quoted"',
  'x'.repeat(1000),
];
for (const externalId of oddIds) {
  test(`a code is found again by its external_id ${externalId.slice(0, 20)}`, async (t) => {
    const sandbox = await start(t);
    await call(sandbox, 'POST', '/qr_codes', newQrCode({ external_id: externalId }));
    // fetch would tidy dots away, as it may: the request line is written by hand.
    const path = `/qr_codes/${encodeURIComponent(externalId)}`;
    const answer = await sendRaw(
      sandbox.url,
      `GET ${path} HTTP/1.1\r\nhost: sandbox\r\nauthorization: ${basicAuth}\r\nconnection: close\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.equal((JSON.parse(answer.split('\r\n\r\n')[1] ?? '') as { external_id: string }).external_id, externalId);
    const payments = await call(sandbox, 'GET', `/qr_codes/payments?external_id=${encodeURIComponent(externalId)}`);
    assert.deepEqual(payments.body, []);
  });
}

test('an id that is not found is named in the answer as it was meant', async (t) => {
  const sandbox = await start(t);
  const answer = await call(sandbox, 'GET', '/qr_codes/a%2Fb%20c');
  assert.equal(answer.status, 404);
  assert.deepEqual(answer.body, { error_code: 'DATA_NOT_FOUND', message: 'QR code with external_id a/b c not found' });
});

const forms = [
  ['amount', 'external_id=order-1&type=DYNAMIC&callback_url=https://yourwebsite.com/callback&amount=1500'],
  ['nominal', 'external_id=order-1&type=DYNAMIC&callback_url=https://yourwebsite.com/callback&nominal=1500'],
] as const;
for (const [name, form] of forms) {
  test(`a form that calls the amount ${name} creates the code`, async (t) => {
    const sandbox = await start(t);
    const created = await call(sandbox, 'POST', '/qr_codes', form, formEncoded);
    assert.equal(created.status, 200);
    assert.equal(created.body.amount, 1500);
    assert.equal(created.body.callback_url, 'https://yourwebsite.com/callback');
  });
}

test('a form may nest metadata in brackets', async (t) => {
  const sandbox = await start(t);
  const form =
    'external_id=order-1&type=STATIC&callback_url=http://localhost/&metadata[branch]=senayan&metadata%5B__proto__%5D=x';
  const { body } = await call(sandbox, 'POST', '/qr_codes', form, formEncoded);
  assert.deepEqual(Object.entries(body.metadata as object), [
    ['branch', 'senayan'],
    ['__proto__', 'x'],
  ]);
});

test('a form counts its amount by the same rules', async (t) => {
  const sandbox = await start(t);
  const messageFor = async (amount: string) => {
    const form = `external_id=order-1&type=DYNAMIC&callback_url=http://localhost/&amount=${amount}`;
    return (await call(sandbox, 'POST', '/qr_codes', form, formEncoded)).body.message;
  };
  assert.equal(await messageFor('1499'), 'amount must be within range [1500, 10000000]');
  assert.equal(await messageFor('cheap'), 'amount must be a number');
  assert.equal(await messageFor(''), 'amount must be a number');
});

const unreadable = [
  ['half an object', '{"external_id":', 'application/json', 'body is not valid JSON'],
  ['a list', '[]', 'application/json', 'body must be a JSON object'],
  ['a number', '1500', 'application/json', 'body must be a JSON object'],
  ['a depth that exhausts the stack', '['.repeat(500_000), 'application/json', 'body is not valid JSON'],
  ['XML', '<a/>', 'text/xml', 'Content-Type must be application/json or application/x-www-form-urlencoded'],
  ['nothing at all', '', 'application/json', 'external_id is required'],
] as const;
for (const [name, body, contentType, message] of unreadable) {
  test(`a body that is ${name} is answered 400 API_VALIDATION_ERROR`, async (t) => {
    const sandbox = await start(t);
    const answer = await call(sandbox, 'POST', '/qr_codes', body, { 'content-type': contentType });
    assert.equal(answer.status, 400);
    assert.deepEqual(answer.body, { error_code: 'API_VALIDATION_ERROR', message });
  });
}

test('a body without a content type is answered 400 API_VALIDATION_ERROR', async (t) => {
  const sandbox = await start(t);
  const head = `POST /qr_codes HTTP/1.1\r\nhost: sandbox\r\nauthorization: ${basicAuth}\r\nconnection: close\r\n`;
  const answer = await sendRaw(sandbox.url, `${head}content-length: 2\r\n\r\n{}`);
  assert.match(answer, /^HTTP\/1\.1 400 .*API_VALIDATION_ERROR.*Content-Type must be/s);
});

test('a body of more than a mebibyte is refused', async (t) => {
  const sandbox = await start(t);
  const answer = await call(sandbox, 'POST', '/qr_codes', newQrCode({ metadata: { long: 'x'.repeat(1024 * 1024) } }));
  assert.equal(answer.status, 413);
  assert.equal(answer.body.error_code, 'API_VALIDATION_ERROR');
});

for (const [method, path] of [
  ['GET', '/'],
  ['GET', '/qr_codes'],
  ['DELETE', '/qr_codes/order-1'],
  ['POST', '/v2/payment_methods'],
] as const) {
  test(`there is no ${method} ${path}, and JSON says so`, async (t) => {
    const sandbox = await start(t);
    const answer = await call(sandbox, method, path);
    assert.equal(answer.status, 404);
    assert.equal(answer.body.error_code, 'NOT_FOUND');
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
  });
}

test('a path that is no valid encoding is answered 400', async (t) => {
  const sandbox = await start(t);
  const answer = await call(sandbox, 'GET', '/qr_codes/%zz');
  assert.equal(answer.status, 400);
  assert.equal(answer.body.error_code, 'API_VALIDATION_ERROR');
});

const formEncoded = { 'content-type': 'application/x-www-form-urlencoded' };

function sendRaw(url: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    let answer = '';
    connect(Number(port), hostname)
      .setEncoding('utf8')
      .on('data', (chunk) => {
        answer += chunk;
      })
      .on('end', () => resolve(answer))
      .on('error', reject)
      .end(text);
  });
}
