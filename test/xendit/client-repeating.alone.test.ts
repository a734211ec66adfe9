import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { type Budget, createBudget } from '../../src/xendit/budget.ts';
import { XenditError } from '../../src/xendit/errors.ts';
import { path } from '../../src/xendit/path.ts';
import { closedPort, json, openClient, playSocket, playXendit, refusal } from './playing-xendit.ts';

const anyPost = { body: { amount: 1 }, reference: 'order-1' };

/** How often it was tried, also where nobody was there to count: each attempt takes a place of the budget. */
async function attempts(budget: Budget): Promise<Record<string, number>> {
  const view = await budget.view();
  return Object.fromEntries(view.map(({ endpoint, limit, remaining }) => [endpoint, limit - remaining]));
}

for (const status of [500, 502, 503, 504]) {
  test(`a read is tried three times against ${status}, a write once, and Xendit's words are kept`, async (t) => {
    const words = { error_code: 'SERVER_ERROR', message: 'Oh' };
    const server = await playXendit(t, (response, _, count) =>
      json(response, status, words, { 'request-id': `req-${count}` }),
    );
    const xendit = openClient(t, server.url);
    const read = await refusal(xendit.get(path`/balance`));
    const write = await refusal(xendit.post(path`/qr_codes`, anyPost));
    for (const error of [read, write]) {
      assert.ok(error instanceof XenditError);
      assert.deepEqual([error.code, error.status, error.xenditCode], ['UNAVAILABLE', status, 'SERVER_ERROR']);
    }
    assert.deepEqual([read.requestId, write.requestId], ['req-3', 'req-4']);
  });
}

test('repetitions against a slow 503 end with the deadline', async (t) => {
  const server = await playXendit(t, (response) =>
    setTimeout(() => json(response, 503, { error_code: 'SERVER_ERROR' }), 150),
  );
  const xendit = openClient(t, server.url, { timeoutMs: 400 });
  const start = performance.now();
  assert.equal((await refusal(xendit.get(path`/balance`))).code, 'UNAVAILABLE');
  assert.ok(performance.now() - start < 650);
  assert.ok(server.received.length <= 3);
});

test('where nobody listens, and where there is no address, a read is tried three times and a write once', async (t) => {
  for (const url of [await closedPort(), 'http://nowhere.invalid']) {
    const budget = createBudget({ requestsPerMinute: 60 });
    const xendit = openClient(t, url, { budget });
    assert.equal((await refusal(xendit.get(path`/balance`))).code, 'UNAVAILABLE');
    assert.equal((await refusal(xendit.post(path`/qr_codes`, anyPost))).code, 'UNAVAILABLE');
    assert.deepEqual(await attempts(budget), { 'GET /balance': 3, 'POST /qr_codes': 1 }, url);
  }
});

test('what was cut in the middle is asked for anew as a whole, however whole the part looks', async (t) => {
  const cuts: Record<string, (response: ServerResponse) => void> = {
    '/length': (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"id":"qr_1"}', () => response.destroy());
    },
    '/chunked': (response) => {
      response.writeHead(200, { etag: '"1"', 'accept-ranges': 'bytes' });
      response.write('{"id":"qr_1"}', () => response.destroy());
    },
  };
  const server = await playXendit(t, (response, { url }, count) =>
    count % 3 === 0 ? json(response, 200, { id: 'qr_2' }) : cuts[url]?.(response),
  );
  const xendit = openClient(t, server.url);
  for (const text of Object.keys(cuts)) {
    assert.deepEqual((await xendit.get({ text, endpoint: text })).body, { id: 'qr_2' });
  }
  assert.equal(server.received.length, 6);
  assert.ok(server.received.every(({ headers }) => headers.range === undefined));
});

test('no kind of redirect is followed, least of all into the house', async (t) => {
  const inside = await playXendit(t, (response) => json(response, 200, { secret: true }));
  const kinds = [301, 302, 303, 307, 308];
  const server = await playXendit(t, (response, { headers }) => {
    response.writeHead(Number(headers['for-user-id']), { location: `${inside.url}/metadata` });
    response.end('{}');
  });
  const xendit = openClient(t, server.url);
  for (const account of kinds.map(String)) {
    assert.equal((await refusal(xendit.get(path`/balance`, { account }))).code, 'UPSTREAM_PROTOCOL');
    const post = await refusal(xendit.post(path`/qr_codes`, { ...anyPost, account }));
    assert.equal(post.code, 'OUTCOME_UNKNOWN');
  }
  assert.equal(server.received.length, 2 * kinds.length);
  assert.deepEqual(inside.received, []);
});

test('a socket that the server has closed while idle is used for no write', async (t) => {
  let sockets = 0;
  let idle: Promise<unknown> | undefined;
  const url = await playSocket(t, (socket, count) => {
    sockets = count;
    idle = once(socket, 'close');
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\n{}', () => socket.end());
    });
  });
  const xendit = openClient(t, url, { connections: 1 });
  for (let call = 1; call <= 10; call += 1) {
    await xendit.post(path`/qr_codes`, anyPost);
    await idle;
    assert.equal(sockets, call);
  }
});

test('a write that meets a closing socket is sent once, and its outcome is unknown', async (t) => {
  let writes = 0;
  const url = await playSocket(t, (socket) => {
    // Keeps the socket open for one answer, then closes it without a word when it is used again.
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\n{}');
      socket.once('data', () => {
        writes += 1;
        socket.resetAndDestroy();
      });
    });
  });
  const xendit = openClient(t, url, { connections: 1 });
  await xendit.get(path`/balance`);
  assert.equal((await refusal(xendit.post(path`/qr_codes`, anyPost))).code, 'OUTCOME_UNKNOWN');
  assert.equal(writes, 1);
});
