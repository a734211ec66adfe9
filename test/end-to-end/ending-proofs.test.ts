import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newApiKey } from '../../src/auth/api-keys.ts';
import { scopes } from '../../src/model/caller.ts';
import { jwtSecret, openKeyFile, signToken } from '../support/callers.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { codeOf, type Line, linesWith, Refused, streaming, type Told } from '../support/lines.ts';
import { createCode } from '../support/qr-codes.ts';
import { qrPayment } from '../support/samples.ts';

const graceMs = 5_000;
const watching = /* GraphQL */ `
  subscription ($after: Cursor) { change: qrCodeChanged(externalId: "counter", after: $after) { cursor payment { id } } }
`;

interface Change {
  change: { cursor: string; payment: { id: string } | null };
}

/** What a stream told until it ended, and how that was. */
interface Heard {
  cursor: string | undefined;
  payments: string[];
  end: unknown;
  endedAt: number;
}

/** Takes all that a stream tells. */
async function hearAll(stream: AsyncGenerator<Told<Change>, void, void>): Promise<Heard> {
  const heard: Heard = { cursor: undefined, payments: [], end: undefined, endedAt: 0 };
  try {
    for await (const told of stream) {
      assert.equal(heard.end, undefined, 'something was told after the end');
      if (told.data?.change) {
        heard.cursor = told.data.change.cursor;
        if (told.data.change.payment) heard.payments.push(told.data.change.payment.id);
      } else heard.end = codeOf(told);
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    heard.end = error.status;
  }
  return { ...heard, endedAt: Date.now() };
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

test('a token that expires ends the streams of its bearer, who goes on with a new one and misses nothing', async (t) => {
  const gateway = await startGateway(t, { AUTH_JWT_SECRET: jwtSecret, AUTH_CLOCK_TOLERANCE_MS: '0' });
  const { id: codeId } = await createCode(gateway, 'counter', 'STATIC');
  const expiresInS = 3;
  const token = await signToken({ expiresInS });
  const expiresAt = Date.now() + expiresInS * 1_000;
  const old = linesWith(t, gateway.url, token);
  const hearing = streaming.map((transport) => hearAll(old[transport].watch<Change>(watching)));
  const paying = keepPaying(gateway, codeId);
  const all = await Promise.all(hearing);
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
    assert.deepEqual([...payments, ...rest], sent, transport);
    t.diagnostic(
      `${transport}: ended ${endedAt - expiresAt} ms after the expiry, ${payments.length} payments told before`,
    );
  }
  assert.ok([...paying.sentAt.values()].some((at) => at >= expiresAt));
  await eventually('nobody listens', () => gateway.listeners() === 0);
});

test('an API key that is taken out of its file ends the streams of its bearer, and no other', async (t) => {
  const [till, office] = [newApiKey('till', scopes, ''), newApiKey('office', scopes, '')];
  const file = await openKeyFile(t, [till.kept, office.kept]);
  const gateway = await startGateway(t, { API_KEYS_FILE: file.path, AUTH_JWT_SECRET: jwtSecret });
  const { id: codeId } = await createCode(gateway, 'counter', 'STATIC');
  const [tills, offices] = [linesWith(t, gateway.url, till.key), linesWith(t, gateway.url, office.key)];
  const staying = offices.WebSocket.watch<Change>(watching);
  await staying.next();
  const hearing = streaming.map((transport) => hearAll(tills[transport].watch<Change>(watching)));
  const paying = keepPaying(gateway, codeId);
  await eventually('they are told', () => gateway.listeners() === 3);
  await file.write([office.kept]);
  const revokedAt = Date.now();
  const all = await Promise.all(hearing);
  const lastEnd = Math.max(...all.map(({ endedAt }) => endedAt));
  await eventually('more is paid', () => [...paying.sentAt.values()].some((at) => at > lastEnd));
  await paying.stop();
  const sent = [...paying.sentAt.keys()];
  for (const [index, { payments, cursor, end, endedAt }] of all.entries()) {
    const transport = streaming[index] ?? 'WebSocket';
    assert.equal(end, ends[transport], transport);
    assert.ok(endedAt - revokedAt < graceMs, `${transport}: ${endedAt - revokedAt} ms`);
    assert.deepEqual(
      payments.filter((id) => (paying.sentAt.get(id) ?? 0) > endedAt),
      [],
      transport,
    );
    const rest = await hearUpTo(offices[transport], cursor, sent.at(-1));
    assert.deepEqual([...payments, ...rest], sent, transport);
    t.diagnostic(`${transport}: ended ${endedAt - revokedAt} ms after it was taken out`);
  }
  const { value } = await staying.next();
  assert.equal((value as Told<Change>).data?.change.payment?.id, sent[0]);
  await staying.return();
});

test('a stream whose caller may no longer have it ends with FORBIDDEN, untold, and the others on its socket live on', async (t) => {
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
});
