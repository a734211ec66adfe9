import assert from 'node:assert/strict';
import { hkdfSync } from 'node:crypto';
import { test } from 'node:test';
import { SignJWT } from 'jose';
import { createWatchTokens } from '../../src/auth/watch-tokens.ts';
import {
  connect,
  createSigner,
  inSeconds,
  open,
  sharedSecret,
  signWith,
  startKeyServer,
  verdict,
  watchTokens,
} from './support.ts';

const code = { type: 'QrCode', id: 'qr_1', reference: 'order-1' } as const;

test('a watch token tells the one resource that its bearer may see, until when, and nothing that it may do', async () => {
  const { token, expiresAt } = await watchTokens.issue('branch-1', code);
  const { name, ...caller } = await watchTokens.read(token);
  assert.match(name, /^watch:QrCode:qr_1@branch-1#[\w-]{8}$/);
  assert.deepEqual(caller, {
    account: 'branch-1',
    scopes: new Set(),
    watched: code,
    expiresAt: expiresAt.getTime(),
  });
  const { token: owners } = await watchTokens.issue('', { type: 'Refund', id: 'rfd_1', reference: undefined });
  const another = await watchTokens.issue('branch-1', code);
  assert.notEqual((await watchTokens.read(another.token)).name, name);
  assert.partialDeepStrictEqual(await watchTokens.read(owners), {
    account: '',
    watched: { type: 'Refund', id: 'rfd_1', reference: undefined },
  });
});

test('it holds for as long as it should, to the millisecond', async (t) => {
  const now = 1_800_000_000_123;
  t.mock.timers.enable({ apis: ['Date'], now });
  const { token, expiresAt } = await createWatchTokens('secret', 60_000).issue('', code);
  assert.equal(expiresAt.getTime(), now + 60_000);
  t.mock.timers.setTime(now + 59_999);
  await createWatchTokens('secret', 1).read(token);
  t.mock.timers.setTime(now + 60_000);
  await assert.rejects(createWatchTokens('secret', 60_000).read(token), { code: 'UNAUTHENTICATED' });
});

test('one of another secret, or changed, is nobody’s', async () => {
  const { token } = await createWatchTokens('another secret', 60_000).issue('', code);
  const [head, , mac] = (await watchTokens.issue('', code)).token.split('.');
  const claims = Buffer.from(JSON.stringify({ ...code, id: 'qr_2', account: '', exp: inSeconds(60) })).toString(
    'base64url',
  );
  for (const wrong of [token, `${head}.${claims}.${mac}`, '', 'a.b.c']) {
    await assert.rejects(watchTokens.read(wrong), { code: 'UNAUTHENTICATED' });
  }
});

test('where everybody is known by one secret, a watch token is still no other token, nor the other way round', async (t) => {
  const same = createWatchTokens(sharedSecret, 60_000);
  const auth = await open(t, { jwtSecret: sharedSecret, watchTokens: same });
  const { token } = await same.issue('', code);
  assert.match(await verdict(auth, token), /^watch:QrCode:qr_1#/);

  const claims = { ...code, account: 'branch-1', scope: 'payments:write' };
  for (const typ of ['watch+jwt', 'WATCH+JWT', 'application/watch+jwt']) {
    assert.equal(await verdict(auth, await signWith(sharedSecret, claims, { typ })), 'UNAUTHENTICATED', typ);
  }
  await assert.rejects(same.read(await signWith(sharedSecret, claims)), { code: 'UNAUTHENTICATED' });
});

test('what signs watch tokens signs no other, and neither does the key set sign them', async (t) => {
  // As the room derives it; a token without the type, or with none of the claims, would be all that is missing.
  const key = new Uint8Array(hkdfSync('sha256', sharedSecret, '', 'watch tokens', 32));
  const sign = (claims: object, typ?: string) =>
    new SignJWT({ sub: 'shop-42', ...claims })
      .setProtectedHeader({ alg: 'HS256', ...(typ !== undefined && { typ }) })
      .setExpirationTime('1m')
      .sign(key);
  const signer = await createSigner('1');
  const same = createWatchTokens(sharedSecret, 60_000);
  const auth = await open(t, {
    jwtSecret: sharedSecret,
    jwksUrl: (await startKeyServer(t, signer)).url,
    watchTokens: same,
  });
  const claims = { type: 'QrCode', id: 'qr_1', account: '' };
  assert.equal(await verdict(auth, await sign(claims, 'watch+jwt')), 'watch:QrCode:qr_1#');
  const wrong = [
    await sign(claims),
    await sign(claims, 'JWT'),
    await sign({}, 'watch+jwt'),
    await sign({ ...claims, type: 'Customer' }, 'watch+jwt'),
    await sign({ ...claims, id: 7 }, 'watch+jwt'),
    await signer.sign(claims, { typ: 'watch+jwt' }),
  ];
  for (const token of wrong) {
    assert.equal(await verdict(auth, token), 'UNAUTHENTICATED');
    await assert.rejects(same.read(token), { code: 'UNAUTHENTICATED' });
  }
});

test('an open connection ends at the very expiry of its watch token', async (t) => {
  const brief = createWatchTokens(sharedSecret, 300);
  const auth = await open(t, { watchTokens: brief });
  const { token, expiresAt } = await brief.issue('', code);
  assert.equal(await (await connect(auth, token)).next(), 'UNAUTHENTICATED');
  const lateMs = Date.now() - expiresAt.getTime();
  t.diagnostic(`${lateMs} ms after its expiry`);
  assert.ok(lateMs >= 0 && lateMs < 1_000, `${lateMs} ms`);
});
