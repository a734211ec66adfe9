import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { scopes } from '../../src/model/caller.ts';
import {
  bearer,
  connect,
  inSeconds,
  open,
  readableLog,
  sharedSecret,
  signWith,
  verdict,
  watchTokens,
} from './support.ts';

const code = { type: 'QrCode', id: 'qr_1', reference: undefined } as const;

test('with the sandbox, where nothing tells callers apart, everybody may do everything, whatever is sent', async (t) => {
  const auth = await open(t, { isOpen: true });
  for (const authorization of [
    undefined,
    '',
    'Basic c2hvcDo=',
    'Bearer x',
    bearer(await signWith(sharedSecret, { exp: 1 })),
  ]) {
    assert.deepEqual(await auth.identify(authorization), {
      name: 'anyone',
      account: '',
      scopes: new Set(scopes),
      watched: undefined,
      expiresAt: undefined,
    });
  }
});

test('even there the bearer of a watch token sees one resource only, and of a wrong one nothing', async (t) => {
  const auth = await open(t, { isOpen: true });
  const { token } = await watchTokens.issue('', code);
  assert.match(await verdict(auth, token), /^watch:QrCode:qr_1#/);
  assert.equal(await verdict(auth, `${token.slice(0, -6)}AAAAAA`), 'UNAUTHENTICATED');
});

test('once something tells callers apart, nobody may do anything without proof', async (t) => {
  const ways = [
    { jwtSecret: sharedSecret },
    { jwksUrl: 'http://127.0.0.1:1' },
    { apiKeys: [{ name: 'a', hash: '00'.repeat(32), scopes: new Set<never>(), account: '' }] },
  ];
  for (const way of ways) {
    const auth = await open(t, way);
    await assert.rejects(auth.identify(undefined), { code: 'UNAUTHENTICATED' });
  }
});

test('without a sandbox, and with nothing that tells callers apart, nobody is let in', async (t) => {
  const auth = await open(t);
  await assert.rejects(auth.identify(undefined), { code: 'UNAUTHENTICATED' });
  assert.equal(await verdict(auth, await signWith(sharedSecret)), 'UNAUTHENTICATED');
});

test('an open connection ends when its token expires, with the tolerance, and hears nothing after that', async (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1_800_000_000_000 });
  const auth = await open(t, { jwtSecret: sharedSecret, clockToleranceMs: 500 });
  const connected = await connect(auth, await signWith(sharedSecret, { exp: inSeconds(30) }));
  t.mock.timers.tick(30_499);
  assert.deepEqual(connected.told, []);
  t.mock.timers.tick(1);
  assert.deepEqual(connected.told, ['UNAUTHENTICATED']);
  t.mock.timers.tick(60_000);
  assert.equal(connected.told.length, 1);
});

test('a token that holds for longer than a timer can wait is waited for nevertheless', async (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1_800_000_000_000 });
  const auth = await open(t, { jwtSecret: sharedSecret });
  const days = 60 * 86_400;
  const connected = await connect(auth, await signWith(sharedSecret, { exp: inSeconds(days) }));
  t.mock.timers.tick(2_147_483_647);
  t.mock.timers.tick(2_147_483_647);
  assert.deepEqual(connected.told, []);
  t.mock.timers.tick(days * 1_000 - 2 * 2_147_483_647);
  assert.equal(connected.told.length, 1);
});

test('no timer is asked to wait for longer than it can', async (t) => {
  const warnings: Error[] = [];
  const note = (warning: Error) => void warnings.push(warning);
  process.on('warning', note);
  t.after(() => process.off('warning', note));
  const auth = await open(t, { jwtSecret: sharedSecret });
  await connect(auth, await signWith(sharedSecret, { exp: inSeconds(60 * 86_400) }));
  await setImmediate();
  assert.deepEqual(warnings, []);
});

test('who has left, or whose gateway has closed, is told nothing', async (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1_800_000_000_000 });
  const auth = await open(t, { jwtSecret: sharedSecret });
  const token = await signWith(sharedSecret, { exp: inSeconds(30) });
  const [leaving, staying, closed] = [
    await connect(auth, token),
    await connect(auth, token),
    await connect(auth, await signWith(sharedSecret)),
  ];
  leaving.leave();
  t.mock.timers.tick(30_000);
  auth.close();
  t.mock.timers.tick(60_000);
  assert.deepEqual(
    [leaving, staying, closed].map(({ told }) => told.length),
    [0, 1, 0],
  );
});

test('a connection that fails when it is told is no matter to the others', async (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1_800_000_000_000 });
  const { log, lines } = readableLog();
  const auth = await open(t, { jwtSecret: sharedSecret, log });
  const token = await signWith(sharedSecret, { exp: inSeconds(30) });
  auth.watchOver(bearer(token), await auth.identify(bearer(token)), () => {
    throw new Error('the socket is gone');
  });
  const other = await connect(auth, token);
  t.mock.timers.tick(30_000);
  assert.equal(other.told.length, 1);
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    ['a connection could not be told of its caller'],
  );
});
