import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { before, type TestContext, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates, type TlsOptions } from 'node:tls';
import { path } from '../../src/xendit/path.ts';
import { type Certificate, createAuthority, createCertificate } from '../support/certificates.ts';
import { openClient, refusal } from './playing-xendit.ts';

const anyPost = { body: { amount: 1 }, reference: 'order-1' };
const hourMs = 3_600_000;

let authority: Certificate;
before(async () => {
  authority = await createAuthority('An authority that this process trusts');
  setDefaultCACertificates([...getCACertificates(), authority.cert]);
});

interface SecureXendit {
  url: string;
  /** How many sockets were ever opened to it. */
  sockets(): number;
  /** How many requests came through. */
  requests(): number;
}

/** Plays Xendit behind TLS. */
async function playSecurely(t: TestContext, options: TlsOptions): Promise<SecureXendit> {
  let sockets = 0;
  let requests = 0;
  const server = createServer(options, (_, response) => {
    requests += 1;
    response.end('{}');
  });
  server.on('connection', () => {
    sockets += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `https://localhost:${port}`, sockets: () => sockets, requests: () => requests };
}

/** A read and a write each end after one try, and the other side has heard nothing. */
async function assertRefused(t: TestContext, server: SecureXendit, reason: RegExp): Promise<void> {
  const xendit = openClient(t, server.url);
  for (const call of [() => xendit.get(path`/balance`), () => xendit.post(path`/qr_codes`, anyPost)]) {
    const error = await refusal(call());
    assert.equal(error.code, 'UNAVAILABLE');
    assert.match(error.message, reason);
  }
  assert.equal(server.requests(), 0);
  assert.equal(server.sockets(), 2, 'asked once each');
}

test('a server that proves who it is is spoken to', async (t) => {
  const server = await playSecurely(t, await createCertificate({ authority }));
  const xendit = openClient(t, server.url);
  await xendit.get(path`/balance`);
  await xendit.post(path`/qr_codes`, anyPost);
  assert.equal(server.requests(), 2);
});

const impostors: [name: string, make: () => Promise<Certificate>, reason: RegExp][] = [
  ['expired', () => createCertificate({ authority, fromMs: -2 * hourMs, untilMs: -hourMs }), /CERT_HAS_EXPIRED/],
  ['not valid yet', () => createCertificate({ authority, fromMs: hourMs, untilMs: 2 * hourMs }), /CERT_NOT_YET_VALID/],
  ["another host's", () => createCertificate({ authority, host: 'xendit.example' }), /ERR_TLS_CERT_ALTNAME_INVALID/],
  ['signed by itself', () => createCertificate(), /SELF_SIGNED_CERT/],
  [
    "a stranger's",
    async () => createCertificate({ authority: await createAuthority('A stranger') }),
    /UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT)/,
  ],
];

for (const [name, make, reason] of impostors) {
  test(`a server whose certificate is ${name} hears nothing, and is asked once`, async (t) => {
    await assertRefused(t, await playSecurely(t, await make()), reason);
  });
}

for (const version of ['TLSv1', 'TLSv1.1'] as const) {
  test(`a server that speaks ${version} at most hears nothing, and is asked once`, async (t) => {
    const certificate = await createCertificate({ authority });
    const old = { ...certificate, minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
    await assertRefused(t, await playSecurely(t, old), /PROTOCOL|EPROTO/);
  });
}

test('no variable of the environment makes it trust a stranger', async (t) => {
  const { NODE_TLS_REJECT_UNAUTHORIZED: before } = process.env;
  t.after(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
  });
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  await assertRefused(t, await playSecurely(t, await createCertificate()), /SELF_SIGNED_CERT/);
});

test('a handshake that stalls costs three seconds, once, and nothing was done', async (t) => {
  const sockets: Socket[] = [];
  const heard: Buffer[] = [];
  const server = createTcpServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {}).on('data', (bytes) => heard.push(bytes));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const xendit = openClient(t, `https://localhost:${(server.address() as AddressInfo).port}`, { timeoutMs: 10_000 });
  const start = performance.now();
  const errors = await Promise.all([
    refusal(xendit.get(path`/balance`)),
    refusal(xendit.post(path`/qr_codes`, anyPost)),
  ]);
  const tookMs = Math.round(performance.now() - start);
  t.diagnostic(`given up after ${tookMs} ms`);
  assert.ok(tookMs < 3_250, `${tookMs} ms`);
  assert.deepEqual(
    errors.map(({ code }) => code),
    ['UNAVAILABLE', 'UNAVAILABLE'],
  );
  assert.equal(sockets.length, 2, 'asked once each');
  // 22 begins a TLS handshake: no byte of HTTP went out.
  assert.ok(heard.every((bytes) => bytes[0] === 22));
});
