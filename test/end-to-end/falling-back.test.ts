import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { testOnEachDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { createCode } from '../support/qr-codes.ts';
import { qrPayment } from '../support/samples.ts';

const query = /* GraphQL */ `
  subscription ($after: Cursor) {
    change: qrCodeChanged(externalId: "counter", after: $after) { cursor version payment { id } }
  }
`;
interface Told {
  change: { cursor: string; version: number; payment: { id: string } | null };
}
interface Result {
  data?: Told | null | undefined;
}
interface Way {
  name: string;
  /** The stream after a cursor, and what tears its connection off. */
  watch(after: string | undefined): { results: AsyncIterableIterator<Result>; cut: () => unknown };
}

function ways(t: TestContext, { url }: TestGateway): Way[] {
  const overSocket: Way = {
    name: 'a socket',
    watch(after) {
      let socket: WebSocket | undefined;
      const client = createSocketClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        on: {
          connected: (connected) => {
            socket = connected as WebSocket;
          },
        },
      });
      return { results: client.iterate<Told>({ query, variables: { after } }), cut: () => socket?.terminate() };
    },
  };
  const overEvents: Way = {
    name: 'server-sent events',
    watch(after) {
      const client = createSseClient({ url: `${url}/graphql/stream`, retryAttempts: 0 });
      t.after(() => client.dispose());
      return {
        results: client.iterate<Told>({ query, variables: { after } }),
        cut: () => client.dispose(),
      };
    },
  };
  const byHand: Way = {
    name: 'a link',
    watch(after) {
      const leaving = new AbortController();
      const address = new URL(`${url}/graphql/stream`);
      address.searchParams.set('query', query);
      if (after !== undefined) address.searchParams.set('variables', JSON.stringify({ after }));
      return { results: readEvents(address, leaving.signal), cut: () => leaving.abort() };
    },
  };
  return [overSocket, overEvents, byHand];
}

async function* readEvents(address: URL, signal: AbortSignal): AsyncGenerator<Result> {
  const { body } = await fetch(address, { signal, headers: { accept: 'text/event-stream' } });
  let read = '';
  for await (const chunk of body ?? assert.fail()) {
    read += Buffer.from(chunk).toString();
    const whole = read.split('\n\n');
    read = whole.pop() ?? '';
    for (const event of whole) {
      const data = /^event: next\ndata: (.+)$/.exec(event)?.[1];
      if (data !== undefined) yield JSON.parse(data) as { data: Told };
    }
  }
}

testOnEachDatabase(
  'a client that goes from one transport to another, and back, misses and repeats nothing',
  async (t, database) => {
    const gateway = await startGateway(t, {}, database);
    const { id, externalId } = await createCode(gateway, 'counter', 'STATIC');
    const payments = 60;
    const payAll = async () => {
      for (let number = 1; number <= payments; number += 1) {
        const { status } = await gateway.deliver(qrPayment({ id, externalId }, `qrpy_${number}`));
        assert.equal(status, 200);
      }
    };
    let paying: Promise<void> | undefined;
    const told: Told['change'][] = [];
    const taken = new Map<string, number>();
    for (let turn = 0; told.length <= payments; turn += 1) {
      const way = ways(t, gateway)[turn % 3] ?? assert.fail();
      const { results, cut } = way.watch(told.at(-1)?.cursor);
      for (let count = 0; count <= turn % 4 && told.length <= payments; count += 1) {
        const { value } = await results.next();
        told.push((value as { data: Told }).data.change);
        taken.set(way.name, (taken.get(way.name) ?? 0) + 1);
        paying ??= payAll();
      }
      await cut();
    }
    await paying;
    assert.deepEqual(
      told.map(({ version, payment }) => [version, payment?.id]),
      Array.from({ length: payments + 1 }, (_, index) => [index + 1, index === 0 ? undefined : `qrpy_${index}`]),
    );
    await eventually('nobody listens', () => gateway.listeners() === 0);
    t.diagnostic(JSON.stringify(Object.fromEntries(taken)));
  },
);
