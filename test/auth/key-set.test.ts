import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bearer, connect, createSigner, inSeconds, open, readableLog, startKeyServer, verdict } from './support.ts';

test('the set is fetched once for all who come at once, and for those who come later', async (t) => {
  const signer = await createSigner('1');
  const server = await startKeyServer(t, signer);
  const auth = await open(t, { jwksUrl: server.url });
  const token = await signer.sign();
  await Promise.all([1, 2, 3].map(() => auth.identify(bearer(token))));
  await auth.identify(bearer(token));
  assert.equal(server.requests, 1);
});

test('a token of a new key counts as soon as the set has the key', async (t) => {
  const [old, fresh] = [await createSigner('1'), await createSigner('2')];
  const server = await startKeyServer(t, old);
  const auth = await open(t, { jwksUrl: server.url });
  assert.equal(await verdict(auth, await old.sign()), 'jwt:shop-42');
  assert.equal(await verdict(auth, await fresh.sign()), 'UNAUTHENTICATED');
  server.keys = [old.jwk, fresh.jwk];
  assert.equal(await verdict(auth, await fresh.sign()), 'jwt:shop-42');
  assert.equal(await verdict(auth, await old.sign()), 'jwt:shop-42');
});

test('a token of a key that was taken out counts until the set is too old', async (t) => {
  const start = Date.now();
  t.mock.timers.enable({ apis: ['Date'], now: start });
  const [old, fresh] = [await createSigner('1'), await createSigner('2')];
  const server = await startKeyServer(t, old, fresh);
  const auth = await open(t, { jwksUrl: server.url, jwksMaxAgeMs: 10_000 });
  const token = await old.sign();
  assert.equal(await verdict(auth, token), 'jwt:shop-42');
  server.keys = [fresh.jwk];
  t.mock.timers.setTime(start + 9_999);
  assert.equal(await verdict(auth, token), 'jwt:shop-42');
  t.mock.timers.setTime(start + 10_000);
  assert.equal(await verdict(auth, token), 'UNAUTHENTICATED');
  assert.equal(await verdict(auth, await fresh.sign()), 'jwt:shop-42');
});

test('unknown keys, however many, make the set be fetched once in a cooldown', async (t) => {
  const start = Date.now();
  t.mock.timers.enable({ apis: ['Date'], now: start });
  const signer = await createSigner('1');
  const server = await startKeyServer(t, signer);
  const auth = await open(t, { jwksUrl: server.url, jwksCooldownMs: 5_000 });
  const strange = await Promise.all([1, 2, 3].map((kid) => signer.sign({}, { kid: `strange-${kid}` })));
  const tryAll = async () => {
    for (const token of strange) assert.equal(await verdict(auth, token), 'UNAUTHENTICATED');
  };
  await tryAll();
  assert.equal(server.requests, 1);
  t.mock.timers.setTime(start + 5_000);
  await tryAll();
  assert.equal(server.requests, 2);
});

const broken: [string, { status?: number; keys?: string; location?: string }][] = [
  ['answers 500', { status: 500 }],
  ['answers no JSON', { keys: '<html>' }],
  ['answers JSON that is no set', { keys: '{"keys":{}}' }],
  ['answers a list of something else', { keys: '{"keys":[1]}' }],
  ['is silent', { status: 0 }],
  ['sends elsewhere', { status: 302 }],
];

for (const [what, fault] of broken) {
  test(`while its server ${what}, who comes is told to come again, and nobody is let in or asked for`, async (t) => {
    const { log, lines } = readableLog();
    const signer = await createSigner('1');
    const elsewhere = await startKeyServer(t, signer);
    const server = Object.assign(await startKeyServer(t, signer), fault);
    server.location = elsewhere.url;
    const auth = await open(t, { jwksUrl: server.url, jwksTimeoutMs: 100, log });
    const token = await signer.sign();
    for (const _ of [1, 2, 3]) assert.equal(await verdict(auth, token), 'UNAVAILABLE');
    // It is asked once in `retryMs`, which is an hour here, and complained of once.
    assert.equal(server.requests, 1);
    assert.equal(elsewhere.requests, 0);
    assert.deepEqual(
      lines.map(({ msg }) => msg),
      ['the key set can not be had'],
    );
  });
}

test('once its server is back, so is everybody', async (t) => {
  const { log, lines } = readableLog();
  const signer = await createSigner('1');
  const server = await startKeyServer(t, signer);
  server.status = 503;
  const auth = await open(t, { jwksUrl: server.url, jwksMaxAgeMs: 0, recheckMs: 0, log });
  const token = await signer.sign();
  assert.equal(await verdict(auth, token), 'UNAVAILABLE');
  server.status = 200;
  for (const _ of [1, 2]) assert.equal(await verdict(auth, token), 'jwt:shop-42');
  // One for each, and those by which the set is looked after.
  assert.ok(server.requests >= 3, `${server.requests}`);
  assert.deepEqual(
    lines.map(({ msg, reason }) => [msg, reason]),
    [
      ['the key set can not be had', 'It answered 503'],
      ['the key set is back', undefined],
    ],
  );
});

test('where nobody listens, who comes is told to come again', async (t) => {
  const signer = await createSigner('1');
  const auth = await open(t, { jwksUrl: 'http://127.0.0.1:1/keys' });
  await assert.rejects(auth.identify(bearer(await signer.sign())), {
    name: 'GatewayError',
    code: 'UNAVAILABLE',
    message: 'The keys that prove callers can not be had now: try again',
  });
});

test('while its server is away, a set that is not too old is enough, and it is fetched anew before it is', async (t) => {
  const start = Date.now();
  t.mock.timers.enable({ apis: ['Date'], now: start });
  const signer = await createSigner('1');
  const server = await startKeyServer(t, signer);
  const auth = await open(t, { jwksUrl: server.url, jwksMaxAgeMs: 10_000, recheckMs: 5 });
  const token = await signer.sign();
  await auth.identify(bearer(token));
  server.status = 500;
  t.mock.timers.setTime(start + 5_000);
  await server.asked();
  assert.equal(await verdict(auth, token), 'jwt:shop-42');
  server.status = 200;
  await server.asked();
  server.status = 500;
  t.mock.timers.setTime(start + 10_000);
  assert.equal(await verdict(auth, token), 'jwt:shop-42');
});

test('where keys have no names, each is tried', async (t) => {
  const [one, other, stranger] = [
    await createSigner(undefined),
    await createSigner(undefined),
    await createSigner(undefined),
  ];
  const { log, lines } = readableLog('debug');
  const auth = await open(t, { jwksUrl: (await startKeyServer(t, one, other)).url, log });
  assert.equal(await verdict(auth, await one.sign({ sub: 'one' })), 'jwt:one');
  assert.equal(await verdict(auth, await other.sign({ sub: 'other' })), 'jwt:other');
  assert.equal(await verdict(auth, await stranger.sign()), 'UNAUTHENTICATED');
  assert.equal(await verdict(auth, await one.sign({ exp: 1 })), 'UNAUTHENTICATED');
  assert.deepEqual(
    lines.map(({ reason }) => reason),
    ['ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'ERR_JWT_EXPIRED exp'],
  );
});

test('a key set whose keys are secret proves nobody', async (t) => {
  const signer = await createSigner('1');
  const server = await startKeyServer(t);
  server.keys = [{ kty: 'oct', kid: '1', k: Buffer.from('a secret in a public place').toString('base64url') }];
  const auth = await open(t, { jwksUrl: server.url });
  assert.equal(await verdict(auth, await signer.sign()), 'UNAUTHENTICATED');
});

test('whoever is connected is let go once the key was taken out of the set, and the others stay', async (t) => {
  const [old, fresh] = [await createSigner('1'), await createSigner('2')];
  const server = await startKeyServer(t, old, fresh);
  const auth = await open(t, { jwksUrl: server.url, jwksMaxAgeMs: 40, recheckMs: 5 });
  const [leaving, staying] = [await connect(auth, await old.sign()), await connect(auth, await fresh.sign())];
  server.keys = [fresh.jwk];
  assert.equal(await leaving.next(), 'UNAUTHENTICATED');
  server.keys = [];
  assert.equal(await staying.next(), 'UNAUTHENTICATED');
  assert.equal(leaving.told.length, 1);
});

test('while the set can’t be had and is too old, whoever is connected stays until the token expires', async (t) => {
  const signer = await createSigner('1');
  const server = await startKeyServer(t, signer);
  const auth = await open(t, { jwksUrl: server.url, jwksMaxAgeMs: 1, recheckMs: 5 });
  const exp = inSeconds(1);
  const connected = await connect(auth, await signer.sign({ exp }));
  server.status = 500;
  for (const _ of [1, 2, 3, 4, 5]) await server.asked();
  assert.equal(await verdict(auth, await signer.sign()), 'UNAVAILABLE');
  assert.deepEqual(connected.told, []);
  assert.equal(await connected.next(), 'UNAUTHENTICATED');
  assert.ok(Date.now() >= exp * 1_000);
});
