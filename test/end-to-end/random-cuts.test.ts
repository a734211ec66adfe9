import assert from 'node:assert/strict';
import { type AddressInfo, connect, createServer } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createDice } from '../chaos/dice.ts';
import { testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { createCode } from '../support/qr-codes.ts';
import { qrPayment } from '../support/samples.ts';

/** How often connections are cut; FAULTS asks for 1,000. */
const cuts = Number(process.env.RANDOM_CUTS ?? 120);
const perSecond = 100;
const watchers = 8;
const streams = [
  'subscription ($after: Cursor) { change: qrCodeChanged(externalId: "counter", after: $after) { cursor version resource: qrCode { id } } }',
  'subscription ($after: Cursor) { change: activity(after: $after) { cursor version resource { id } } }',
] as const;

interface Told {
  change: { cursor: string; version: number; resource: { id: string } };
}

/** A line that is reset after so many bytes of the gateway's, wherever in a message that is. */
async function openShortLine(t: TestContext, { url }: TestGateway) {
  let bytesLeft = Number.POSITIVE_INFINITY;
  const to = new URL(url);
  const server = createServer((near) => {
    const far = connect({ host: to.hostname, port: Number(to.port) });
    near.on('error', () => near.destroy()).on('data', (bytes) => far.write(bytes));
    near.on('close', () => far.destroy());
    far.on('error', () => far.destroy()).on('close', () => near.destroy());
    far.on('data', (bytes) => {
      const part = bytes.subarray(0, bytesLeft);
      bytesLeft -= part.length;
      near.write(part, () => bytesLeft === 0 && near.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The next bytes of the gateway's that get through. */
    allow(bytes: number) {
      bytesLeft = bytes;
    },
  };
}

/** What comes over one connection until it ends. */
async function* readOnce(transport: 'socket' | 'events', host: string, query: string, after: string) {
  const request = { query, variables: { after } };
  const client =
    transport === 'socket'
      ? createSocketClient({ url: `ws://${host}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 })
      : createSseClient({ url: `http://${host}/graphql/stream`, retryAttempts: 0 });
  try {
    for await (const { data, errors } of client.iterate<Told>(request)) {
      assert.equal(errors, undefined);
      yield data?.change ?? assert.fail('nothing was told');
    }
  } catch (error) {
    // A cut is a close without a goodbye, or an answer that fails; whatever else ends a stream fails the test.
    const isCut =
      transport === 'socket' ? (error as { code?: number }).code === 1006 : (error as Error).name === 'NetworkError';
    if (!isCut && (error as Error).name !== 'ErrorEvent' && (error as { type?: string }).type !== 'error') throw error;
  } finally {
    await client.dispose();
  }
}

testOnEachDatabase('streams that are cut anywhere, again and again, are the log to the letter', async (t, database) => {
  const settings = { CURSOR_SECRET: 'the same for all' };
  const one = await startGateway(t, settings, database);
  const gateways = database.kind === 'embedded' ? [one] : [one, await startGateway(t, settings, database)];
  const code = await createCode(one, 'counter', 'STATIC');
  const first = one.subscribe<Told>(streams[0]);
  const ofCode = (await first.next())?.change ?? assert.fail();
  await first.leave();
  const page = '{ activity(first: 1) { edges { node { cursor version resource { id } } } } }';
  type Page = { activity: { edges: { node: Told['change'] }[] } };
  let ofActivity: Told['change'] | undefined;
  await eventually('the code is released', async () => {
    ofActivity = (await one.ask<Page>(page)).data?.activity.edges[0]?.node;
    return ofActivity !== undefined;
  });

  let paid = 0;
  let isOver = false;
  const paying = (async () => {
    const startedAt = performance.now();
    const answers: Promise<Response>[] = [];
    for (; !isOver; paid += 1) {
      // So many a second come by themselves, whatever becomes of those before, and of those who watch.
      await pause(Math.max(0, startedAt + (paid * 1_000) / perSecond - performance.now()));
      const gateway = gateways[paid % gateways.length] ?? one;
      answers.push(gateway.deliver(qrPayment(code, `qrpy_${paid}`)));
    }
    for (const { status } of await Promise.all(answers)) assert.equal(status, 200);
    return (paid * 1_000) / (performance.now() - startedAt);
  })();

  let within = 0;
  const watch = async (index: number) => {
    const dice = createDice(`cuts ${index}`);
    const query = streams[index % 2 === 0 ? 0 : 1];
    const told = [index % 2 === 0 ? ofCode : (ofActivity ?? assert.fail())];
    const lines = await Promise.all(gateways.map((gateway) => openShortLine(t, gateway)));
    const follow = async (bytes: number, isEnough = () => false) => {
      const line = dice.pick(lines);
      line.allow(bytes);
      const transport = dice.pick(['socket', 'events'] as const);
      const before = told.length;
      for await (const change of readOnce(transport, line.host, query, told.at(-1)?.cursor ?? '')) {
        told.push(change);
        if (isEnough()) break;
      }
      if (told.length > before) within += 1;
    };
    for (let cut = 0; cut < cuts / watchers; cut += 1) await follow(Math.floor(dice.between(1, 4_000)));
    return { told, follow };
  };
  const watching = await Promise.all(Array.from({ length: watchers }, (_, index) => watch(index)));
  isOver = true;
  const rate = await paying;

  // The code's own version, one for each payment, and each payment's.
  const expected = [1 + paid, 1 + 2 * paid];
  for (const [index, { told, follow }] of watching.entries()) {
    const count = expected[index % 2] ?? 0;
    if (told.length < count) await follow(Number.POSITIVE_INFINITY, () => told.length === count);
  }
  const [codes = [], activities = []] = [0, 1].map((kind) =>
    watching.flatMap(({ told }, index) => (index % 2 === kind ? [told] : [])),
  );
  for (const told of codes) {
    assert.deepEqual(
      told.map(({ version }) => version),
      Array.from({ length: 1 + paid }, (_, index) => index + 1),
    );
  }
  const history: Told['change'][] = [];
  const pages =
    'query ($after: Cursor) { activity(first: 100, after: $after) { edges { node { cursor version resource { id } } } pageInfo { hasNextPage endCursor } } }';
  for (let after: string | undefined, isMore = true; isMore; ) {
    const { data } = await one.ask<{
      activity: Page['activity'] & { pageInfo: { hasNextPage: boolean; endCursor: string } };
    }>(pages, { after });
    const { edges, pageInfo } = data?.activity ?? assert.fail();
    for (const { node } of edges) history.unshift(node);
    after = pageInfo.endCursor;
    isMore = pageInfo.hasNextPage;
  }
  for (const told of activities) assert.deepEqual(told, history);
  for (const gateway of gateways) await eventually('nobody listens', () => gateway.listeners() === 0);
  t.diagnostic(
    `${cuts} cuts, ${within} after something had been told, amid ${paid} payments, ${Math.round(rate)} a second`,
  );
});
