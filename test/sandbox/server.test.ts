import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { type Clock, createTestClock } from '../../src/sandbox/clock.ts';
import type { SandboxLogLine } from '../../src/sandbox/record.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { call, newQrCode, pay, start, startReceiver } from './support.ts';
import { createRequest, simulate } from './v3.ts';

test('it listens on loopback, on the port that it says', async (t) => {
  const sandbox = await start(t);
  const { hostname, port } = new URL(sandbox.url);
  assert.equal(hostname, '127.0.0.1');
  const second = startSandbox({ port: Number(port) });
  await assert.rejects(second, { code: 'EADDRINUSE' });
});

test('the record keeps every call as it came, without the key', async (t) => {
  const sandbox = await start(t);
  await call(sandbox, 'POST', '/qr_codes', newQrCode(), { 'for-user-id': 'sub-1' });
  await call(sandbox, 'GET', '/qr_codes/a%2Fb?x=1');
  await call(sandbox, 'GET', '/nowhere', undefined, { authorization: 'none' });
  const [created, read, lost] = sandbox.record.requests;
  assert.deepEqual(
    [created?.method, created?.path, created?.endpoint, created?.account, created?.status, created?.isProcessed],
    ['POST', '/qr_codes', 'POST /qr_codes', 'sub-1', 200, true],
  );
  assert.equal(created?.body, JSON.stringify(newQrCode()));
  assert.equal(created?.headers['for-user-id'], 'sub-1');
  assert.deepEqual(
    [read?.path, read?.endpoint, read?.account, read?.status],
    ['/qr_codes/a%2Fb?x=1', 'GET /qr_codes/:external_id', '', 404],
  );
  assert.deepEqual(
    [lost?.endpoint, lost?.account, lost?.status, lost?.isProcessed],
    [undefined, undefined, 404, false],
  );
  assert.ok(!JSON.stringify(sandbox.record).includes('authorization'));
});

test('a bounded record forgets the oldest', async (t) => {
  const sandbox = await start(t, { recordLimit: 2 });
  for (const id of ['a', 'b', 'c']) await call(sandbox, 'GET', `/qr_codes/${id}`);
  assert.deepEqual(
    sandbox.record.requests.map(({ path }) => path),
    ['/qr_codes/b', '/qr_codes/c'],
  );
});

test('the log has a line for each call and each delivery, without bodies', async (t) => {
  const lines: SandboxLogLine[] = [];
  const sandbox = await start(t, { onLog: (line) => lines.push(line) });
  const receiver = await startReceiver(t);
  await pay(sandbox, receiver);
  await sandbox.idle();
  assert.deepEqual(
    lines.map((line) => [line.kind, line.status]),
    [
      ['request', 200],
      ['request', 200],
      ['delivery', 200],
    ],
  );
  assert.ok(lines.every((line) => !('body' in line)));
});

test('idle waits for a webhook that is not answered yet', async (t) => {
  const sandbox = await start(t);
  let isAnswered = false;
  const receiver = await startReceiver(t, (response) => {
    setTimeout(() => {
      isAnswered = true;
      response.end();
    }, 20);
  });
  await pay(sandbox, receiver);
  await sandbox.idle();
  assert.ok(isAnswered);
});

test('idle does not wait for a scheduled retry', async (t) => {
  const sandbox = await start(t);
  const receiver = await startReceiver(t, (response) => response.writeHead(500).end());
  await pay(sandbox, receiver);
  await sandbox.idle();
  assert.equal(receiver.received.length, 1);
});

test('closing ends idle connections, hanging calls and webhooks in flight', async () => {
  const clock = createTestClock();
  const sandbox = await startSandbox({ clock });
  const { hostname, port } = new URL(sandbox.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  sandbox.faults.next('POST /qr_codes', { kind: 'delay', ms: 3_600_000 });
  const hanging = call(sandbox, 'POST', '/qr_codes', newQrCode());
  await clock.armed();
  await Promise.all([sandbox.close(), assert.rejects(hanging), once(socket, 'close')]);
});

test('closing breaks off a webhook that no one answers, and cancels its retries', async (t) => {
  const clock = createTestClock();
  const sandbox = await startSandbox({ clock });
  const receiver = await startReceiver(t, () => undefined);
  await pay(sandbox, receiver);
  await receiver.next();
  await sandbox.close();
  assert.equal(sandbox.record.deliveries[0]?.isAcknowledged, false);
  await clock.advance(3_600_000);
  assert.equal(sandbox.record.deliveries.length, 1);
  assert.equal(receiver.received.length, 1);
});

test('a restarted sandbox has forgotten everything', async (t) => {
  const first = await startSandbox();
  await call(first, 'POST', '/qr_codes', newQrCode());
  await first.close();
  const second = await start(t, { port: Number(new URL(first.url).port) });
  assert.equal((await call(second, 'GET', '/qr_codes/order-1')).status, 404);
});

test('closing leaves no timer behind', async (t) => {
  const { clock, waiting } = countingClock();
  const sandbox = await startSandbox({ clock });
  const receiver = await startReceiver(t, (response) => response.writeHead(500).end());
  await pay(sandbox, receiver);
  await sandbox.idle();
  assert.equal(waiting(), 1); // the retry
  await sandbox.close();
  assert.equal(waiting(), 0);
});

test('closing leaves nothing behind that was to expire or settle', async () => {
  const { clock, waiting } = countingClock();
  const sandbox = await startSandbox({ clock });
  const payment_request_id = await createRequest(sandbox);
  assert.equal(waiting(), 1); // it expires
  await simulate(sandbox, payment_request_id);
  assert.equal(waiting(), 0); // it was paid, and no one is told
  await call(sandbox, 'POST', '/refunds', { payment_request_id, reason: 'OTHERS' });
  await createRequest(sandbox);
  assert.equal(waiting(), 2);
  await sandbox.close();
  assert.equal(waiting(), 0);
});

/** A clock that says how many of its timers wait; none of them runs. */
function countingClock(): { clock: Clock; waiting: () => number } {
  const clock = createTestClock();
  let timers = 0;
  return {
    waiting: () => timers,
    clock: {
      now: clock.now,
      after(ms, run) {
        timers += 1;
        const cancel = clock.after(ms, run);
        return () => {
          timers -= 1;
          cancel();
        };
      },
    },
  };
}
