import assert from 'node:assert/strict';
import { test as alone } from 'node:test';
import { createWatchTokens } from '../../src/auth/watch-tokens.ts';
import { type Transport, type WatchConnection, watchPayment } from '../../src/client/index.ts';
import { open } from '../store/support.ts';
import { ageBy } from '../support/ages.ts';
import { embedded } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { onSharedGateway, startGateway, type TestGateway } from '../support/gateway.ts';
import { openLine } from '../support/line.ts';
import { newName } from '../support/payments.ts';
import { createCode, payCode } from '../support/qr-codes.ts';
import { issueToken, openProxy, watch } from './support.ts';

const test = onSharedGateway();
/** Connects again at once. */
const eager = { reconnectMinMs: 10, reconnectMaxMs: 20, comeBackMs: 50, pollMs: 20 };

/** A code that is paid again and again, and how to watch it. */
async function openCounter(gateway: TestGateway): Promise<{ id: string; token: string; pay(): Promise<string> }> {
  const externalId = newName('counter');
  const { id } = await createCode(gateway, externalId, 'STATIC');
  return { id, token: await issueToken(gateway, id), pay: () => payCode(gateway, externalId, '15000') };
}

function connectionsOf(): { heard: string[]; onConnection(one: WatchConnection): void } {
  const heard: string[] = [];
  return {
    heard,
    onConnection: ({ transport, isConnected }) => heard.push(`${transport} ${isConnected ? 'stands' : 'is lost'}`),
  };
}

for (const transport of ['websocket', 'sse'] as Transport[]) {
  test(`what is paid while ${transport} is cut is told afterwards, in order and once`, async (t, gateway) => {
    const { token, pay } = await openCounter(gateway);
    const line = await openLine(t, { host: 'localhost', port: Number(new URL(gateway.url).port) });
    const { heard, onConnection } = connectionsOf();
    const options = { ...eager, transports: [transport], onConnection };
    const changes = watch(t, `http://127.0.0.1:${line.port}`, token, options);
    const payments = [undefined, await pay()];
    const told = await changes.take(1);
    for (let cuts = 0; cuts < 3; cuts += 1) {
      payments.push(await pay());
      told.push(...(await changes.take(1)));
      line.cut();
      payments.push(await pay(), await pay());
      line.restore();
      told.push(...(await changes.take(2)));
    }
    assert.deepEqual(
      told.map(({ version }) => version),
      [2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    );
    assert.deepEqual(
      told.map(({ payment }) => payment?.id),
      payments.slice(1),
    );
    assert.ok(told.every(({ isPaid }) => isPaid));
    assert.deepEqual(
      heard,
      ['stands', ...Array(3).fill(['is lost', 'stands']).flat()].map((one) => `${transport} ${one}`),
    );
    await changes.leave();
  });
}

test('where no WebSocket gets through events are sent, where they don’t it is asked, and it comes back when it can', async (t, gateway) => {
  const { token, pay } = await openCounter(gateway);
  const proxy = await openProxy(t, gateway.url);
  proxy.refuse('websocket');
  const { heard, onConnection } = connectionsOf();
  const changes = watch(t, proxy.url, token, { ...eager, onConnection });
  const versions = (await changes.take(1)).map(({ version }) => version);
  const payAndHear = async () => {
    await pay();
    versions.push(...(await changes.take(1)).map(({ version }) => version));
  };
  await payAndHear();
  proxy.refuse('websocket', 'sse');
  await payAndHear();
  await eventually('polling stands', () => heard.at(-1) === 'polling stands');
  await payAndHear();
  proxy.refuse('websocket');
  await eventually('server-sent events take over', () => heard.at(-1) === 'sse stands');
  await payAndHear();
  proxy.refuse();
  await eventually('WebSocket takes over', () => heard.at(-1) === 'websocket stands');
  await payAndHear();
  await changes.leave();

  assert.deepEqual(versions, [1, 2, 3, 4, 5, 6]);
  const stands = heard.filter((one) => one.endsWith('stands'));
  assert.deepEqual(stands, ['sse stands', 'polling stands', 'sse stands', 'websocket stands']);
  await eventually('nobody listens', () => gateway.listeners() === 0);
});

alone('a line that has gone silent is given up, while one that shows life is kept', async (t) => {
  const gateway = await startGateway(t, { SOCKET_HEARTBEAT_MS: '50' });
  const line = await openLine(t, { host: 'localhost', port: Number(new URL(gateway.url).port) });
  const hear = async (transport: Transport) => {
    const { token, pay } = await openCounter(gateway);
    const { heard, onConnection } = connectionsOf();
    const options = { ...eager, transports: [transport], silenceMs: 2_000, onConnection };
    const changes = watch(t, `http://127.0.0.1:${line.port}`, token, options);
    await changes.take(1);
    return { transport, pay, heard, changes };
  };
  const hearing = await Promise.all([hear('websocket'), hear('sse')]);
  const begun = performance.now();
  await eventually('nothing has happened for longer than that', () => performance.now() - begun > 3_000);
  for (const { transport, heard } of hearing) assert.deepEqual(heard, [`${transport} stands`]);

  line.silence();
  const paymentIds = await Promise.all(hearing.map(({ pay }) => pay()));
  await eventually('both are given up', () => hearing.every(({ heard }) => heard.at(-1)?.endsWith('is lost')));
  line.restore();
  for (const [n, { changes }] of hearing.entries()) {
    const [paid] = await changes.take(1);
    assert.deepEqual([paid?.version, paid?.payment?.id], [2, paymentIds[n]]);
    await changes.leave();
  }
});

alone('whoever was away too long begins with the present, and a resource that is unknown is told so', async (t) => {
  const place = await embedded(t);
  const secret = 'the same before and after the restart';
  const secrets = { CURSOR_SECRET: secret, WATCH_TOKEN_SECRET: secret };
  const before = await startGateway(t, secrets, place);
  const { token, pay } = await openCounter(before);
  const [first] = await watch(t, before.url, token).take(1);
  for (let payments = 0; payments < 3; payments += 1) await pay();
  await before.close();
  const database = await open(t, place);
  await ageBy(database, 91, 'version < 4');
  await database.close();

  const gateway = await startGateway(t, secrets, place);
  for (const transport of ['websocket', 'sse'] as Transport[]) {
    const changes = watch(t, gateway.url, token, { ...eager, transports: [transport], after: first?.cursor });
    const [present] = await changes.take(1);
    assert.partialDeepStrictEqual(present, { kind: 'SNAPSHOT', version: 4, isPaid: true });
    await changes.leave();
  }

  const nobodys = { type: 'QrCode', id: 'qr_unknown', reference: 'unknown' } as const;
  const { token: vain } = await createWatchTokens(secret, 60_000).issue('', nobodys);
  for (const transport of ['websocket', 'sse', 'polling'] as Transport[])
    await assert.rejects(watchPayment(gateway.url, vain, { transports: [transport] }).next(), { code: 'NOT_FOUND' });
});
