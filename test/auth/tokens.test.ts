import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { exportJWK, exportSPKI, type JWTPayload, UnsecuredJWT } from 'jose';
import {
  bearer,
  createSigner,
  inSeconds,
  open,
  readableLog,
  sharedSecret,
  signWith,
  startKeyServer,
  verdict,
} from './support.ts';

test('a token of the shared secret tells who calls, in which account, what it may and until when', async (t) => {
  const auth = await open(t, { jwtSecret: sharedSecret, clockToleranceMs: 2_000 });
  const exp = Math.ceil(inSeconds(60));
  const token = await signWith(sharedSecret, { exp, account: 'branch-1', scope: 'payments:read openid activity:read' });
  assert.deepEqual(await auth.identify(bearer(token)), {
    name: 'jwt:shop-42',
    account: 'branch-1',
    scopes: new Set(['payments:read', 'activity:read']),
    watched: undefined,
    expiresAt: exp * 1_000 + 2_000,
  });
});

for (const alg of ['HS256', 'HS384', 'HS512']) {
  test(`${alg} of the shared secret counts`, async (t) => {
    const auth = await open(t, { jwtSecret: sharedSecret });
    assert.equal(await verdict(auth, await signWith(sharedSecret, {}, { alg })), 'jwt:shop-42');
    assert.equal(await verdict(auth, await signWith(`${sharedSecret}!`, {}, { alg })), 'UNAUTHENTICATED');
  });
}

for (const alg of ['RS256', 'PS512', 'ES256', 'ES384', 'EdDSA']) {
  test(`${alg} of the key set counts, and of a key that isn’t in it doesn’t`, async (t) => {
    const [known, unknown] = [await createSigner('1', alg), await createSigner('1', alg)];
    const auth = await open(t, { jwksUrl: (await startKeyServer(t, known)).url });
    assert.equal(await verdict(auth, await known.sign()), 'jwt:shop-42');
    assert.equal(await verdict(auth, await unknown.sign()), 'UNAUTHENTICATED');
  });
}

const scopeClaims: [JWTPayload, string[]][] = [
  [{}, []],
  [{ scope: 'payments:read payments:write' }, ['payments:read', 'payments:write']],
  [{ scopes: ['payments:read', 'payments:everything', 7] }, ['payments:read']],
  [{ scopes: 'activity:read' }, ['activity:read']],
  [{ scp: ['webhooks:manage'] }, ['webhooks:manage']],
  [{ scp: 'payments:simulate' }, ['payments:simulate']],
  [{ scope: 'payments:read', scopes: ['payments:write'] }, ['payments:read']],
  [{ scope: '', scopes: ['payments:write'] }, []],
  [{ scope: 'PAYMENTS:READ payments:* payments:read,payments:write' }, []],
  [{ scope: { 'payments:read': true } }, []],
];

for (const [claims, scopes] of scopeClaims) {
  test(`${JSON.stringify(claims)} grants ${scopes.join(' and ') || 'nothing'}`, async (t) => {
    const auth = await open(t, { jwtSecret: sharedSecret });
    const caller = await auth.identify(bearer(await signWith(sharedSecret, claims)));
    assert.deepEqual([...caller.scopes], scopes);
  });
}

const accounts: [unknown, string][] = [
  [undefined, ''],
  ['branch-1', 'branch-1'],
  ['b'.repeat(64), 'b'.repeat(64)],
  ['b'.repeat(65), 'UNAUTHENTICATED'],
  ['', 'UNAUTHENTICATED'],
  ['a/../b', 'UNAUTHENTICATED'],
  ['a\nfor-user-id: b', 'UNAUTHENTICATED'],
  [null, 'UNAUTHENTICATED'],
  [7, 'UNAUTHENTICATED'],
  [['branch-1'], 'UNAUTHENTICATED'],
];

for (const [account, expected] of accounts) {
  test(`the claim account ${JSON.stringify(account)?.slice(0, 40)} comes to ${expected.slice(0, 40) || 'the owner'}`, async (t) => {
    const auth = await open(t, { jwtSecret: sharedSecret });
    const identified = auth.identify(bearer(await signWith(sharedSecret, { account })));
    assert.equal(
      await identified.then(
        (caller) => caller.account,
        ({ code }) => code,
      ),
      expected,
    );
  });
}

const strict = {
  jwtSecret: sharedSecret,
  issuer: 'https://login.example',
  audience: 'gateway',
  clockToleranceMs: 2_000,
};
const right = { iss: 'https://login.example', aud: 'gateway' };

const claimsAndVerdicts: [string, () => JWTPayload, boolean][] = [
  ['all that is asked for', () => right, true],
  ['one audience of several', () => ({ ...right, aud: ['other', 'gateway'] }), true],
  ['no issuer', () => ({ aud: 'gateway' }), false],
  ['another issuer', () => ({ ...right, iss: 'https://login.example.evil' }), false],
  ['no audience', () => ({ iss: right.iss }), false],
  ['another audience', () => ({ ...right, aud: ['other'] }), false],
  ['no subject', () => ({ ...right, sub: undefined }), false],
  ['an empty subject', () => ({ ...right, sub: '' }), false],
  ['a subject that is a number', () => ({ ...right, sub: 7 as unknown as string }), false],
  ['the longest subject', () => ({ ...right, sub: 's'.repeat(255) }), true],
  ['a longer subject', () => ({ ...right, sub: 's'.repeat(256) }), false],
  ['no expiry', () => ({ ...right, exp: undefined }), false],
  ['an expiry that is text', () => ({ ...right, exp: String(inSeconds(60)) as unknown as number }), false],
  ['an expiry a second ago', () => ({ ...right, exp: inSeconds(-1) }), true],
  ['an expiry three seconds ago', () => ({ ...right, exp: inSeconds(-3) }), false],
  ['a beginning in a second', () => ({ ...right, nbf: inSeconds(1) }), true],
  ['a beginning in ten seconds', () => ({ ...right, nbf: inSeconds(10) }), false],
];

for (const [what, claims, counts] of claimsAndVerdicts) {
  test(`a token with ${what} ${counts ? 'counts' : 'does not count'} where issuer, audience and two seconds of tolerance are set`, async (t) => {
    const auth = await open(t, strict);
    const token = await signWith(sharedSecret, claims());
    assert.equal((await verdict(auth, token)).startsWith('jwt:'), counts);
  });
}

test('a token counts up to its expiry to the millisecond, though it has a fraction of a second', async (t) => {
  const now = 1_800_000_000_000;
  t.mock.timers.enable({ apis: ['Date'], now });
  const auth = await open(t, { jwtSecret: sharedSecret, clockToleranceMs: 300 });
  const token = await signWith(sharedSecret, { exp: now / 1_000 + 0.25 });
  t.mock.timers.setTime(now + 549);
  assert.equal(await verdict(auth, token), 'jwt:shop-42');
  t.mock.timers.setTime(now + 550);
  assert.equal(await verdict(auth, token), 'UNAUTHENTICATED');
});

test('no confusion of keys and algorithms makes a token, and no key that it brings along is looked at', async (t) => {
  const signer = await createSigner('1', 'RS256');
  const thief = await createSigner('1', 'RS256');
  const server = await startKeyServer(t, signer);
  const trap = await startKeyServer(t, thief);
  const auth = await open(t, { jwksUrl: server.url, jwtSecret: sharedSecret });
  const publicKey = await exportSPKI(signer.publicKey);
  const own = await signer.sign();
  const [head = '', body = '', signature = ''] = own.split('.');
  const encode = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');
  const forged = {
    'HS256 with the public key': await signWith(publicKey, {}, { kid: '1' }),
    'HS256 with the public key as a JWK': await signWith(JSON.stringify(signer.jwk), {}, { kid: '1' }),
    'no algorithm': new UnsecuredJWT({ sub: 'shop-42' }).setExpirationTime('1m').encode(),
    'no algorithm, in other letters': `${encode({ alg: 'nOnE' })}.${body}.`,
    'no signature': `${head}.${body}.`,
    'an algorithm changed afterwards': `${encode({ alg: 'PS256', kid: '1' })}.${body}.${signature}`,
    'claims changed afterwards': `${head}.${encode({ sub: 'owner', exp: inSeconds(60) })}.${signature}`,
    'a key in the header': await thief.sign({}, { jwk: await exportJWK(thief.publicKey) } as object),
    'an address of keys in the header': await thief.sign({}, { jku: trap.url, x5u: trap.url }),
    'the secret as a signature’s key': await signWith(sharedSecret, {}, { alg: 'HS256' }).then((token) =>
      token.replace(/^[^.]+/, encode({ alg: 'RS256' })),
    ),
    'a name of a key in the file system': await thief.sign({}, { kid: '../../dev/null' }),
  };
  for (const [what, token] of Object.entries(forged)) assert.equal(await verdict(auth, token), 'UNAUTHENTICATED', what);
  assert.equal(trap.requests, 0);
  assert.equal(await verdict(auth, own), 'jwt:shop-42');
});

test('a correctly signed token with an extension that must be understood is refused', async (t) => {
  const auth = await open(t, { jwtSecret: sharedSecret });
  const sign = (header: object) => {
    const parts = [header, { sub: 'shop-42', exp: inSeconds(60) }];
    const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${signed}.${createHmac('sha256', sharedSecret).update(signed).digest('base64url')}`;
  };
  assert.equal(await verdict(auth, sign({ alg: 'HS256' })), 'jwt:shop-42');
  assert.equal(await verdict(auth, sign({ alg: 'HS256', crit: ['shop'], shop: 1 })), 'UNAUTHENTICATED');
  assert.equal(await verdict(auth, sign({ alg: 'HS256', crit: [] })), 'UNAUTHENTICATED');
});

test('an algorithm that has nothing to be held against is refused without asking anybody', async (t) => {
  const signer = await createSigner('1');
  const server = await startKeyServer(t, signer);
  const bySet = await open(t, { jwksUrl: server.url });
  const bySecret = await open(t, { jwtSecret: sharedSecret });
  assert.equal(await verdict(bySet, await signWith(sharedSecret)), 'UNAUTHENTICATED');
  assert.equal(await verdict(bySecret, await signer.sign()), 'UNAUTHENTICATED');
  assert.equal(server.requests, 0);
});

const nonsense = [
  undefined,
  '',
  'Bearer',
  'Bearer ',
  'Basic c2hvcDo=',
  'Bearer a b',
  'Bearer a.b.c',
  'Bearer ..',
  `Bearer ${'a'.repeat(100_000)}`,
  'Bearer xgk_short',
  'Bearer é',
];

for (const authorization of nonsense) {
  test(`${JSON.stringify(authorization)?.slice(0, 40)} proves nobody`, async (t) => {
    const auth = await open(t, { jwtSecret: sharedSecret });
    await assert.rejects(auth.identify(authorization), { name: 'GatewayError', code: 'UNAUTHENTICATED' });
  });
}

test('the scheme may be written in any letters', async (t) => {
  const auth = await open(t, { jwtSecret: sharedSecret });
  const token = await signWith(sharedSecret);
  for (const scheme of ['bearer', 'BEARER ', 'Bearer']) {
    assert.equal((await auth.identify(`${scheme} ${token}`)).name, 'jwt:shop-42');
    await assert.rejects(auth.identify(`${scheme} ${token} x`), { code: 'UNAUTHENTICATED' });
  }
});

test('all refusals are alike, and neither they nor the log tell what was in a token', async (t) => {
  const { log, lines } = readableLog('trace');
  const auth = await open(t, { jwtSecret: sharedSecret, audience: 'gateway', log });
  const marked = { sub: 'MARKED', aud: 'MARKED', email: 'MARKED' };
  const tokens = [
    await signWith('a secret that nobody has ever heard of', marked),
    await signWith(sharedSecret, { ...marked, aud: 'gateway', exp: inSeconds(-60) }),
    await signWith(sharedSecret, marked),
    await signWith(sharedSecret, { ...marked, aud: 'gateway', exp: undefined }),
    await signWith(sharedSecret, { ...marked, aud: 'gateway', account: 'MARKED !' }),
    `xgk_${'M'.repeat(43)}`,
    'MARKED',
  ];
  const messages = new Set<string>();
  for (const token of tokens) {
    const error = await auth.identify(bearer(token)).catch((one: Error) => one);
    assert.ok(error instanceof Error);
    messages.add(error.message);
    assert.equal(error.cause, undefined);
    const [, body = ''] = token.split('.');
    assert.doesNotMatch(
      `${error.stack} ${JSON.stringify(lines)}`,
      new RegExp(`MARKED|MMMM${body === '' ? '' : `|${body}`}`),
    );
  }
  assert.equal(messages.size, 1);
  // For whoever wonders why a token is refused.
  assert.deepEqual(
    lines.map(({ reason }) => reason),
    [
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      'ERR_JWT_EXPIRED exp',
      'ERR_JWT_CLAIM_VALIDATION_FAILED aud',
      'ERR_JWT_CLAIM_VALIDATION_FAILED exp',
      'its subject or account can not be one',
      'TypeError',
    ],
  );
});
