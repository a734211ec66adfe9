import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { newApiKey } from '../../src/auth/api-keys.ts';
import type { ApiKey } from '../../src/model/api-key.ts';
import { scopes } from '../../src/model/caller.ts';
import { type Frame, greet } from '../server/support.ts';
import { jwtSecret, openKeyFile, signToken } from '../support/callers.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { codeOf, type Line, linesWith, refusalOf, streaming, type Told, transports } from '../support/lines.ts';
import { createCode } from '../support/qr-codes.ts';
import { qrPayment } from '../support/samples.ts';

const graceMs = 5_000;
/** For each test, which would wait for ever where a stream isn't ended. */
const limit = { timeout: 30_000 };
const watching = /* GraphQL */ `
  subscription ($after: Cursor) { change: qrCodeChanged(externalId: "counter", after: $after) { cursor payment { id } } }
`;

interface Change {
  change: { cursor: string; payment: { id: string } | null };
}

/** What a stream told until its connection was closed, and how that was. */
interface Heard {
  cursor: string | undefined;
  payments: string[];
  end: unknown;
  endedAt: number;
}

/** Hears all that a connection brings, by nothing that could stop listening before the other side hangs up. */
const hearing: Record<(typeof streaming)[number], (t: TestContext, url: string, token: string) => Promise<Heard>> = {
  async WebSocket(t, url, token) {
    const socket = await greet(t, `${url.replace('http', 'ws')}/graphql`, { authorization: `Bearer ${token}` });
    socket.subscribe('1', watching);
    const { code } = await socket.closed;
    const endedAt = Date.now();
    const told = socket.texts.slice(1).map((text) => JSON.parse(text) as Frame);
    return { ...read(told.map(({ type, payload }) => [type, payload as Told<Change>])), end: code, endedAt };
  },
  async 'server-sent events'(_t, url, token) {
    const response = await fetch(`${url}/graphql/stream`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ query: watching }),
    });
    const text = await response.text();
    const endedAt = Date.now();
    const told = [...text.matchAll(/^event: (\w+)\ndata:(.*)$/gm)].map(([, type, data]): [string, Told<Change>] => [
      type ?? '',
      data ? JSON.parse(data) : {},
    ]);
    assert.equal(told.pop()?.[0], 'complete');
    return { ...read(told.slice(0, -1)), end: codeOf(told.at(-1)?.[1] ?? {}), endedAt };
  },
};

/** Messages of which each tells a change. */
function read(told: [type: string, message: Told<Change>][]): Pick<Heard, 'cursor' | 'payments'> {
  const changes = told.map(([type, { data }]) => {
    assert.equal(type, 'next');
    return data?.change ?? assert.fail('something else was told');
  });
  const payments = changes.flatMap(({ payment }) => (payment === null ? [] : [payment.id]));
  return { cursor: changes.at(-1)?.cursor, payments };
}

/** Payments of a code one after the other, until told to stop; when each was sent, by its id. */
function keepPaying(gateway: TestGateway, codeId: string): { sentAt: Map<string, number>; stop(): Promise<void> } {
  const sentAt = new Map<string, number>();
  let isOver = false;
  const pay = async () => {
    while (!isOver) {
      const id = `qrpy_${sentAt.size}`;
      sentAt.set(id, Date.now());
      assert.equal((await gateway.deliver(qrPayment({ id: codeId, externalId: 'counter' }, id))).status, 200);
    }
  };
  const paying = pay();
  return {
    sentAt,
    async stop() {
      isOver = true;
      await paying;
    },
  };
}

/** Each transport ends a stream in its own words. */
const ends = { WebSocket: 4403, 'server-sent events': 'UNAUTHENTICATED' } as const;

/** What a stream owes that may have begun after the first payments: whatever came after the first that it told. */
function sinceFirstOf(told: readonly string[], sent: readonly string[]): string[] {
  return sent.slice(sent.indexOf(told[0] ?? ''));
}

/** What is still to come, up to the last of the payments. */
async function hearUpTo(line: Line, after: string | undefined, last: string | undefined): Promise<string[]> {
  const payments: string[] = [];
  for await (const { data, errors } of line.watch<Change>(watching, { after })) {
    assert.equal(errors, undefined);
    const id = data?.change.payment?.id;
    if (id !== undefined) payments.push(id);
    if (id === last) break;
  }
  return payments;
}

test(
  'a token that expires ends the streams of its bearer, who goes on with a new one and misses nothing',
  limit,
  async (t) => {
    const gateway = await startGateway(t, { AUTH_JWT_SECRET: jwtSecret, AUTH_CLOCK_TOLERANCE_MS: '0' });
    const { id: codeId } = await createCode(gateway, 'counter', 'STATIC');
    const expiresInS = 3;
    const token = await signToken({ expiresInS });
    const expiresAt = Date.now() + expiresInS * 1_000;
    const heard = streaming.map((transport) => hearing[transport](t, gateway.url, token));
    const paying = keepPaying(gateway, codeId);
    const all = await Promise.all(heard);
    await paying.stop();
    const sent = [...paying.sentAt.keys()];
    const fresh = linesWith(t, gateway.url, await signToken());
    for (const [index, { payments, cursor, end, endedAt }] of all.entries()) {
      const transport = streaming[index] ?? 'WebSocket';
      assert.equal(end, ends[transport], transport);
      assert.ok(endedAt - expiresAt < graceMs, `${transport}: ${endedAt - expiresAt} ms`);
      assert.ok(payments.length > 0, transport);
      assert.deepEqual(
        payments.filter((id) => (paying.sentAt.get(id) ?? 0) >= expiresAt),
        [],
        transport,
      );
      const rest = await hearUpTo(fresh[transport], cursor, sent.at(-1));
      assert.deepEqual([...payments, ...rest], sinceFirstOf(payments, sent), transport);
      t.diagnostic(
        `${transport}: ended ${endedAt - expiresAt} ms after the expiry, ${payments.length} payments told before`,
      );
    }
    assert.ok([...paying.sentAt.values()].some((at) => at >= expiresAt));
    await eventually('nobody listens', () => gateway.listeners() === 0);
  },
);

const recheckMs = 1_000;
/** From a change of the file on, what is paid may be told for as long as it may go unnoticed, and the machine be busy. */
const noticingMs = 2 * recheckMs;

/** Changes the file of keys while a key's bearer, and another's, are told of payments; its bearer is told no more of them. */
async function changeKey(t: TestContext, change: (own: ApiKey) => readonly ApiKey[]) {
  const [till, office] = [newApiKey('till', scopes, ''), newApiKey('office', scopes, '')];
  const file = await openKeyFile(t, [till.kept, office.kept]);
  const gateway = await startGateway(t, {
    API_KEYS_FILE: file.path,
    AUTH_JWT_SECRET: jwtSecret,
    AUTH_RECHECK_MS: String(recheckMs),
  });
  const { id: codeId } = await createCode(gateway, 'counter', 'STATIC');
  const offices = linesWith(t, gateway.url, office.key);
  const staying = offices.WebSocket.watch<Change>(watching);
  await staying.next();
  const heard = streaming.map((transport) => hearing[transport](t, gateway.url, till.key));
  const paying = keepPaying(gateway, codeId);
  await eventually('they are told', () => gateway.listeners() === 3);
  await file.write([...change(till.kept), office.kept]);
  const changedAt = Date.now();
  const all = await Promise.all(heard);
  const lastEnd = Math.max(changedAt + noticingMs, ...all.map(({ endedAt }) => endedAt));
  await eventually('more is paid', () => [...paying.sentAt.values()].some((at) => at > lastEnd));
  await paying.stop();
  const sent = [...paying.sentAt.keys()];
  for (const [index, { payments, cursor, end, endedAt }] of all.entries()) {
    const transport = streaming[index] ?? 'WebSocket';
    assert.equal(end, ends[transport], transport);
    assert.ok(endedAt - changedAt < graceMs, `${transport}: ${endedAt - changedAt} ms`);
    assert.ok(payments.length > 0, transport);
    assert.deepEqual(
      payments.filter((id) => (paying.sentAt.get(id) ?? 0) > changedAt + noticingMs),
      [],
      transport,
    );
    const rest = await hearUpTo(offices[transport], cursor, sent.at(-1));
    assert.deepEqual([...payments, ...rest], sinceFirstOf(payments, sent), transport);
    t.diagnostic(`${transport}: ended ${endedAt - changedAt} ms after the file was changed`);
  }
  const { value } = await staying.next();
  assert.equal((value as Told<Change>).data?.change.payment?.id, sent[0]);
  await staying.return();
  return linesWith(t, gateway.url, till.key);
}

test('an API key that is taken out of its file ends the streams of its bearer, and no other', limit, async (t) => {
  const lines = await changeKey(t, () => []);
  assert.equal((await refusalOf(lines.HTTP.ask('{ __typename }'))).status, 401);
});

test(
  'an API key that becomes one of another account ends the streams of its bearer, who is in that one then',
  limit,
  async (t) => {
    const lines = await changeKey(t, (own) => [{ ...own, account: 'sub-a' }]);
    for (const transport of transports) {
      const { data } = await lines[transport].ask('{ qrCodes { edges { cursor } } activity { edges { cursor } } }');
      assert.deepEqual(data, { qrCodes: { edges: [] }, activity: { edges: [] } }, transport);
    }
  },
);

test(
  'a stream whose caller may no longer have it ends with FORBIDDEN, untold, and the others on its socket live on',
  limit,
  async (t) => {
    const { key, kept } = newApiKey('till', ['payments:read', 'activity:read'], '');
    const file = await openKeyFile(t, [kept]);
    const gateway = await startGateway(t, {
      API_KEYS_FILE: file.path,
      AUTH_JWT_SECRET: jwtSecret,
      AUTH_RECHECK_MS: '50',
    });
    const code = { id: (await createCode(gateway, 'counter', 'STATIC')).id, externalId: 'counter' };
    const lines = linesWith(t, gateway.url, key);
    const activity = 'subscription { activity { resource { id } } }';
    const streams = await Promise.all(
      streaming.map(async (transport) => {
        const told = lines[transport].watch<Change>(watching);
        const all = lines[transport].watch(activity);
        await told.next();
        const firstOfAll = all.next();
        return { transport, told, all, firstOfAll };
      }),
    );
    const pay = async (id: string) => assert.equal((await gateway.deliver(qrPayment(code, id))).status, 200);
    // Told to both, so that both listen.
    let payments = 0;
    for (const { transport, told, firstOfAll } of streams) {
      let isTold = false;
      void firstOfAll.then(() => {
        isTold = true;
      });
      await eventually('activity is told', async () => {
        await pay(`qrpy_${payments++}`);
        return isTold;
      });
      assert.ok((await firstOfAll).value?.data, transport);
      assert.ok((await told.next()).value?.data, transport);
    }
    await file.write([{ ...kept, scopes: new Set(['payments:read']) }]);
    await eventually(
      'it is known',
      async () => codeOf(await lines.HTTP.ask('{ activity { edges { cursor } } }')) === 'FORBIDDEN',
    );
    await pay('qrpy_secret');
    for (const { transport, told, all } of streams) {
      const rest: Told[] = [];
      for await (const one of all) rest.push(one);
      const leaked = rest.filter((one) => JSON.stringify(one).includes('qrpy_secret'));
      assert.deepEqual([leaked, codeOf(rest.at(-1) ?? {})], [[], 'FORBIDDEN'], transport);
      let last: string | undefined;
      while (last !== 'qrpy_secret') last = (await told.next()).value?.data?.change.payment?.id;
      assert.equal(codeOf(await lines[transport].ask(activity)), 'FORBIDDEN', transport);
      await told.return();
    }
  },
);
