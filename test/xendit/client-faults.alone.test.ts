import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { OutcomeUnknownError } from '../../src/errors.ts';
import { Asker, askingFor } from '../../src/xendit/asker.ts';
import { XenditError } from '../../src/xendit/errors.ts';
import { path } from '../../src/xendit/path.ts';
import { closedPort, json, openClient, playSocket, playXendit, refusal } from './playing-xendit.ts';

const anyPost = { body: { amount: 1 }, reference: 'order-1' };

test('a hanging server costs the deadline and no more', async (t) => {
  const server = await playXendit(t, () => {});
  const xendit = openClient(t, server.url, { timeoutMs: 200 });
  const start = performance.now();
  const [get, post] = await Promise.all([
    refusal(xendit.get(path`/balance`)),
    refusal(xendit.post(path`/qr_codes`, anyPost)),
  ]);
  assert.ok(performance.now() - start < 450);
  assert.equal(get.code, 'UNAVAILABLE');
  assert.ok(post instanceof OutcomeUnknownError);
  assert.equal(post.reference, 'order-1');
  assert.equal(server.received.length, 2);
});

test('a body that trickles is cut at the deadline', async (t) => {
  const server = await playXendit(t, (response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(drip));
  });
  const xendit = openClient(t, server.url, { timeoutMs: 200 });
  const start = performance.now();
  assert.equal((await refusal(xendit.get(path`/balance`))).code, 'UNAVAILABLE');
  assert.ok(performance.now() - start < 450);
  assert.equal((await refusal(xendit.post(path`/qr_codes`, anyPost))).code, 'OUTCOME_UNKNOWN');
});

test('a read gets over two resets, and gives up after the third', async (t) => {
  const server = await playXendit(t, (response, { url }, count) => {
    if (url === '/never' || count < 3) response.destroy();
    else json(response, 200, { count });
  });
  const xendit = openClient(t, server.url);
  assert.deepEqual((await xendit.get(path`/balance`)).body, { count: 3 });
  assert.equal((await refusal(xendit.get(path`/never`))).code, 'UNAVAILABLE');
  assert.equal(server.received.length, 6);
});

test('a write that was cut off is sent once, and its outcome is unknown', async (t) => {
  const server = await playXendit(t, (response) => response.destroy());
  const xendit = openClient(t, server.url);
  assert.equal((await refusal(xendit.post(path`/qr_codes`, anyPost))).code, 'OUTCOME_UNKNOWN');
  assert.equal(server.received.length, 1);
});

test('a reset before anything was read leaves a write unknown too, since nobody can tell', async (t) => {
  let sockets = 0;
  const url = await playSocket(t, (socket, count) => {
    sockets = count;
    socket.resetAndDestroy();
  });
  const xendit = openClient(t, url);
  const code = (await refusal(xendit.post(path`/qr_codes`, anyPost))).code;
  assert.ok(code === 'OUTCOME_UNKNOWN' || code === 'UNAVAILABLE');
  assert.equal(sockets, 1);
});

test('an answer cut in the middle is never read in part', async (t) => {
  const server = await playXendit(t, (response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"id":"qr_1"}', () => response.destroy());
  });
  const xendit = openClient(t, server.url);
  assert.equal((await refusal(xendit.get(path`/qr_codes/${'a'}`))).code, 'UNAVAILABLE');
  assert.equal((await refusal(xendit.post(path`/qr_codes`, anyPost))).code, 'OUTCOME_UNKNOWN');
});

test('where nobody listens nothing was done', async () => {
  const t = { after: () => {} } as unknown as TestContext;
  const xendit = openClient(t, await closedPort());
  const post = await refusal(xendit.post(path`/qr_codes`, anyPost));
  assert.equal(post.code, 'UNAVAILABLE');
  assert.match(post.message, /nothing was done/);
  assert.equal((await refusal(xendit.get(path`/balance`))).code, 'UNAVAILABLE');
  await xendit.close();
});

test('a host without an address and a server without TLS do nothing either', async (t) => {
  const nowhere = openClient(t, 'http://nowhere.invalid', { timeoutMs: 1_000 });
  assert.equal((await refusal(nowhere.post(path`/qr_codes`, anyPost))).code, 'UNAVAILABLE');
  let sockets = 0;
  const url = await playSocket(t, (socket, count) => {
    sockets = count;
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  });
  const plain = openClient(t, url.replace('http', 'https'));
  assert.equal((await refusal(plain.post(path`/qr_codes`, anyPost))).code, 'UNAVAILABLE');
  assert.equal((await refusal(plain.get(path`/balance`))).code, 'UNAVAILABLE');
  assert.equal(sockets, 2, 'a fault of TLS is not asked about twice');
});

test('a handshake that stalls ends with the deadline, and nothing was done', async (t) => {
  let sockets = 0;
  const url = await playSocket(t, (_, count) => {
    sockets = count;
  });
  const xendit = openClient(t, url.replace('http', 'https'), { timeoutMs: 200 });
  const start = performance.now();
  const post = await refusal(xendit.post(path`/qr_codes`, anyPost));
  assert.ok(performance.now() - start < 450);
  assert.equal(post.code, 'UNAVAILABLE');
  assert.equal(sockets, 1);
});

test('a call that never got a socket did nothing, although its time is up', async (t) => {
  const server = await playXendit(t, () => {});
  const xendit = openClient(t, server.url, { timeoutMs: 150, connections: 1 });
  const first = refusal(xendit.post(path`/qr_codes`, anyPost));
  const second = refusal(xendit.post(path`/qr_codes`, { ...anyPost, reference: 'order-2' }));
  assert.equal((await first).code, 'OUTCOME_UNKNOWN');
  assert.equal((await second).code, 'UNAVAILABLE');
  assert.equal(server.received.length, 1);
});

test('a caller who leaves is let go at once, and its socket with it', async (t) => {
  const leaving = new Asker();
  let isLetGo: Promise<unknown> | undefined;
  const server = await playXendit(t, (response) => {
    isLetGo = once(response, 'close');
    leaving.leave(new DOMException('The caller left', 'AbortError'));
  });
  const xendit = openClient(t, server.url);
  const post = xendit.post(path`/qr_codes`, { ...anyPost, signal: leaving.signal });
  assert.equal((await refusal(post)).code, 'OUTCOME_UNKNOWN');
  await isLetGo;
  const late = xendit.post(path`/qr_codes`, { ...anyPost, signal: leaving.signal });
  assert.equal((await refusal(late)).code, 'UNAVAILABLE');
  assert.equal(server.received.length, 1);
});

test('a read is given up when whoever it is for leaves, a write is finished', async (t) => {
  const leaving = new Asker();
  const reading = Promise.withResolvers<unknown>();
  const server = await playXendit(t, (response, { method }) => {
    if (method === 'GET') {
      reading.resolve(once(response, 'close'));
      leaving.leave(new DOMException('The caller left', 'AbortError'));
    } else json(response, 200, {});
  });
  const xendit = openClient(t, server.url);
  const error = await askingFor(leaving, () => refusal(xendit.get(path`/balance`)));
  assert.equal(error.code, 'UNAVAILABLE');
  assert.match(error.message, /AbortError/);
  await reading.promise;
  assert.equal((await askingFor(leaving, () => xendit.post(path`/qr_codes`, anyPost))).status, 200);
  assert.equal(server.received.length, 2);
});

test('a read gets over 503, and in the end keeps what Xendit said', async (t) => {
  const down = { error_code: 'CHANNEL_UNAVAILABLE', message: 'The channel is down' };
  const server = await playXendit(t, (response, { url }, count) =>
    url === '/once' && count > 1 ? json(response, 200, {}) : json(response, 503, down, { 'request-id': 'req-9' }),
  );
  const xendit = openClient(t, server.url);
  await xendit.get(path`/once`);
  const error = await refusal(xendit.get(path`/always`));
  assert.ok(error instanceof XenditError);
  assert.deepEqual(
    [error.code, error.status, error.xenditCode, error.requestId],
    ['UNAVAILABLE', 503, 'CHANNEL_UNAVAILABLE', 'req-9'],
  );
  assert.equal(server.received.length, 2 + 3);
});

test("a write that Xendit's own words refuse was not done; a strange 5xx leaves it open", async (t) => {
  const server = await playXendit(t, (response, { url }) =>
    url === '/own'
      ? json(response, 503, { error_code: 'CHANNEL_UNAVAILABLE' })
      : json(response, 502, '<html>Bad gateway'),
  );
  const xendit = openClient(t, server.url);
  assert.equal((await refusal(xendit.post(path`/own`, anyPost))).code, 'UNAVAILABLE');
  assert.equal((await refusal(xendit.post(path`/proxy`, anyPost))).code, 'OUTCOME_UNKNOWN');
  assert.equal(server.received.length, 2);
});

test('a short window is waited for, a long one is told', async (t) => {
  const server = await playXendit(t, (response, { url }, count) => {
    if (url === '/short' && count > 1) return json(response, 200, {});
    const resets: Record<string, string> = { '/short': '0.05', '/medium': '3', '/long': '58.37' };
    const headers = { 'rate-limit-reset': resets[url] ?? '' };
    json(response, 429, { error_code: 'RATE_LIMIT_EXCEEDED' }, headers);
  });
  const xendit = openClient(t, server.url);
  const start = performance.now();
  await xendit.get(path`/short`);
  assert.ok(performance.now() - start >= 50);
  assert.equal((await refusal(xendit.get(path`/medium`))).retryAfterMs, 3_000);
  const long = await refusal(xendit.get(path`/long`));
  assert.deepEqual([long.code, long.retryAfterMs], ['THROTTLED', 58_370]);
  const post = await refusal(xendit.post(path`/long`, anyPost));
  assert.deepEqual([post.code, post.retryAfterMs], ['THROTTLED', 58_370]);
  assert.equal((await refusal(xendit.get(path`/silent`))).retryAfterMs, 5_000);
  assert.equal(server.received.length, 6, 'no further call into a closed window');
});

test('repetitions end with the deadline', async (t) => {
  const server = await playXendit(t, (response) =>
    json(response, 429, { error_code: 'RATE_LIMIT_EXCEEDED' }, { 'rate-limit-reset': '1' }),
  );
  const xendit = openClient(t, server.url, { timeoutMs: 300 });
  const start = performance.now();
  assert.equal((await refusal(xendit.get(path`/balance`))).code, 'THROTTLED');
  assert.ok(performance.now() - start < 300);
});

test('what is no JSON object is no answer', async (t) => {
  const bodies = ['', '{', '<html>', 'null', '"text"', '5', '{"a":"\\ud8', '[1,]', '\ufeff\ufeff{}'];
  const server = await playXendit(t, (response, { headers }) =>
    json(response, 200, bodies[Number(headers['for-user-id'])]),
  );
  const xendit = openClient(t, server.url);
  for (const account of bodies.keys()) {
    const body = bodies[account];
    const options = { account: String(account) };
    assert.equal((await refusal(xendit.get(path`/balance`, options))).code, 'UPSTREAM_PROTOCOL', body);
    assert.equal(
      (await refusal(xendit.post(path`/qr_codes`, { ...anyPost, ...options }))).code,
      'OUTCOME_UNKNOWN',
      body,
    );
  }
});

test('bytes that are no UTF-8, and no HTTP, are no answer', async (t) => {
  const server = await playXendit(t, (response) => response.end(Buffer.from('{"a":"\xff"}', 'latin1')));
  assert.equal((await refusal(openClient(t, server.url).get(path`/balance`))).code, 'UPSTREAM_PROTOCOL');
  const url = await playSocket(t, (socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n')));
  assert.equal((await refusal(openClient(t, url).get(path`/balance`))).code, 'UPSTREAM_PROTOCOL');
});

test('a page that is not Xendit’s can’t say that something does not exist', async (t) => {
  const server = await playXendit(t, (response) => json(response, 404, '<html>Not found'));
  assert.equal((await refusal(openClient(t, server.url).get(path`/qr_codes/${'a'}`))).code, 'UPSTREAM_PROTOCOL');
});

test('a huge answer is cut off early', async (t) => {
  let sent = 0;
  const server = await playXendit(t, (response) => {
    const pour = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536))) sent += 65_536;
    };
    response.on('drain', pour);
    pour();
  });
  const xendit = openClient(t, server.url, { maxResponseBytes: 100_000 });
  assert.equal((await refusal(xendit.get(path`/balance`))).code, 'UPSTREAM_PROTOCOL');
  assert.equal((await refusal(xendit.post(path`/qr_codes`, anyPost))).code, 'OUTCOME_UNKNOWN');
  assert.ok(sent < 50_000_000);
  assert.equal(server.received.length, 2);
});

test('a socket that the server closed while idle costs a read nothing', async (t) => {
  const url = await playSocket(t, (socket) => {
    // Keeps the socket open for one answer, then closes it without a word when it is used again.
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\n{}');
      socket.once('data', () => socket.resetAndDestroy());
    });
  });
  const xendit = openClient(t, url, { connections: 1 });
  for (let call = 0; call < 4; call += 1) assert.deepEqual((await xendit.get(path`/balance`)).body, {});
});

test('the key shows in no error', async (t) => {
  const server = await playXendit(t, (response) =>
    json(response, 401, { error_code: 'INVALID_API_KEY', message: 'xnd_development_secret is no key' }),
  );
  const error = await refusal(openClient(t, server.url).get(path`/balance`));
  assert.equal(error.code, 'UNAVAILABLE');
  assert.match(error.message, /secret key: INVALID_API_KEY$/);
  const everything = JSON.stringify([error.message, error.stack, { ...error }]);
  assert.equal(everything.includes('xnd_development_secret'), false);
});
