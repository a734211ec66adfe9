import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { embedded } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { figure, manyAtOnce, percentile, upTo } from '../support/figures.ts';
import { callbackToken, clientOf, startGateway } from '../support/gateway.ts';
import { runGateway } from '../support/process.ts';
import { connectTo } from '../support/raw-http.ts';
import { qrPayment } from '../support/samples.ts';

const head = (...headers: string[]) =>
  ['POST /webhooks/xendit HTTP/1.1', 'Host: gateway', ...headers, '', ''].join('\r\n');
const proof = `x-callback-token: ${callbackToken}`;
const mebibyte = 1_048_576;

/** What came back before the other side hung up. */
function hangUp(
  t: TestContext,
  url: string,
  talk: (socket: Socket) => void,
): Promise<{ said: string; afterMs: number }> {
  const { hostname, port } = new URL(url);
  const startedAt = performance.now();
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(Number(port), hostname, () => talk(socket));
    t.after(() => socket.destroy());
    socket.setEncoding('latin1').on('data', (text: string) => {
      said += text;
    });
    socket.on('error', () => undefined).on('close', () => resolve({ said, afterMs: performance.now() - startedAt }));
  });
}

/** Sends so many bytes as fast as they are taken, in chunks or announced, for as long as somebody listens. */
function pour(socket: Socket, start: string, bytes: number, isChunked: boolean): void {
  const filling = 'x'.repeat(16_384);
  const piece = isChunked ? `${filling.length.toString(16)}\r\n${filling}\r\n` : filling;
  let left = bytes / filling.length;
  const more = () => {
    while (left > 0 && !socket.destroyed) {
      left -= 1;
      if (!socket.write(piece)) return;
    }
  };
  socket.on('drain', more);
  socket.write(start);
  more();
}

test('a hundred senders of five MiB at once are cut off, and the process grows by little', async (t) => {
  const process = runGateway(t, (await embedded(t)).environment);
  const { url } = await process.ready;
  const { deliver } = clientOf(t, url);
  const long = `content-length: ${5 * mebibyte}`;
  const bomb = gzipSync(Buffer.alloc(200 * mebibyte));
  const zipped = head(proof, 'content-encoding: gzip', `content-length: ${bomb.length}`);
  const senders: [status: string, talk: (socket: Socket) => void][] = [
    ['413', (socket) => pour(socket, head(proof, long), 5 * mebibyte, false)],
    ['413', (socket) => pour(socket, head(proof, 'transfer-encoding: chunked'), 5 * mebibyte, true)],
    ['401', (socket) => pour(socket, head('x-callback-token: wrong', long), 5 * mebibyte, false)],
    ['415', (socket) => void socket.end(Buffer.concat([Buffer.from(zipped), bomb]))],
  ];
  let peak = 0;
  const send = () =>
    Promise.all(
      upTo(100).map(async (index) => {
        const [status, talk] = senders[index % senders.length] ?? assert.fail();
        const { said } = await hangUp(t, url, talk);
        peak = Math.max(peak, await process.memory());
        // Whoever goes on sending to a closed socket may be reset before the answer is read.
        if (said !== '') assert.equal(said.slice(0, 13), `HTTP/1.1 ${status} `);
        return said === '' ? 'reset' : status;
      }),
    );
  // A process grows with its first requests, whatever they are.
  await manyAtOnce(upTo(500), 50, (n) => deliver(qrPayment({ id: 'qr_1', externalId: 'counter' }, `qrpy_${n}`)));
  await send();
  const grownMiB: number[] = [];
  // What is kept would grow each time; a garbage collection that is late does not.
  for (let round = 0; round < 3 && !grownMiB.some((one) => one <= 20); round += 1) {
    const before = await process.memory();
    peak = 0;
    const told = await send();
    grownMiB.push((peak - before) / mebibyte);
    const counts = ['413', '401', '415', 'reset'].map((one) => `${one}: ${told.filter((own) => own === one).length}`);
    t.diagnostic(`${counts.join(', ')}; grown by ${grownMiB.at(-1)?.toFixed(1)} MiB at most`);
    assert.ok(
      told.some((one) => one !== 'reset'),
      'some have read their answer',
    );
  }
  assert.ok(Math.min(...grownMiB) <= 20, `${grownMiB.join(', ')} MiB`);
  assert.equal((await deliver('{}')).status, 200);
});

test('a stranger is refused before he has sent his body, and hung up on', async (t) => {
  const gateway = await startGateway(t);
  const { said, afterMs } = await hangUp(t, gateway.url, (socket) => {
    socket.write(head('x-callback-token: wrong', 'content-length: 1000'));
  });
  assert.match(said, /^HTTP\/1\.1 401 /);
  assert.ok(afterMs < 2_000, `${afterMs} ms`);
});

test('connections beyond the most allowed are closed, and others are let in as they end', async (t) => {
  const gateway = await startGateway(t, { MAX_CONNECTIONS: '3' });
  const three = await Promise.all([1, 2, 3].map(() => connectTo(t, gateway.url)));
  const request = 'GET /health/live HTTP/1.1\r\nHost: gateway\r\n\r\n';
  for (const one of three) one.send(request);
  for (const one of three) assert.equal((await one.answer()).status, 200);
  assert.equal((await hangUp(t, gateway.url, (socket) => socket.write(request))).said, '');
  three[0]?.reset();
  for (let status = 0; status !== 200; ) {
    const next = await connectTo(t, gateway.url);
    next.send(request);
    status = await next.answer().then(
      (answer) => answer.status,
      () => 0,
    );
  }
});

test('a thousand who send slowly are hung up on in time, and nobody else waits for them', async (t) => {
  const isFull = figure(0, 1) === 1;
  const settings = isFull ? {} : { HEADERS_TIMEOUT_MS: '3000', REQUEST_TIMEOUT_MS: '4000', CONNECTION_CHECK_MS: '500' };
  const limitMs = isFull ? 20_000 : 8_000;
  const process = runGateway(t, { ...(await embedded(t)).environment, ...settings });
  const { url } = await process.ready;
  const { deliver } = clientOf(t, url);
  const dripEveryMs = isFull ? 1_000 : 400;
  let connected = 0;
  const drip = (start: string) => (socket: Socket) => {
    connected += 1;
    socket.write(start);
    const timer = setInterval(() => socket.write('x'), dripEveryMs);
    socket.on('close', () => clearInterval(timer));
  };
  const kinds = [
    drip(''),
    drip('POST /webhooks/xendit HTTP/1.1\r\nHost: gateway\r\nx-slow: '),
    drip(head(proof, 'content-length: 1000')),
    drip(`${head(proof, 'transfer-encoding: chunked')}200\r\n`),
  ];
  const slow = upTo(1_000).map((index) => hangUp(t, url, kinds[index % kinds.length] ?? assert.fail()));
  await eventually('they are connected', () => connected === slow.length);
  let areSlowGone = false;
  const times: number[] = [];
  const traffic = (async () => {
    const underWay: Promise<void>[] = [];
    for (const startedAt = performance.now(); !areSlowGone; ) {
      const due = ((performance.now() - startedAt) * 50) / 1_000;
      while (underWay.length < due) {
        const sentAt = performance.now();
        const delivery = deliver(qrPayment({ id: 'qr_1', externalId: 'counter' }, `qrpy_${underWay.length}`));
        underWay.push(
          delivery.then(({ status }) => {
            assert.equal(status, 200);
            times.push(performance.now() - sentAt);
          }),
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await Promise.all(underWay);
  })();
  const ends = await Promise.all(slow);
  areSlowGone = true;
  await traffic;
  const answered = ends.filter(({ said }) => /^HTTP\/1\.1 (408|400) /.test(said)).length;
  const last = Math.max(...ends.map(({ afterMs }) => afterMs));
  const p99 = percentile(times, 0.99);
  t.diagnostic(
    `${answered} of 1,000 told why, the last hung up on after ${Math.round(last)} ms; ${times.length} others: median ${percentile(times, 0.5)} ms, p99 ${p99} ms`,
  );
  assert.ok(last <= limitMs, `${last} ms`);
  assert.ok(p99 <= 2_000, `${p99} ms`);
});
