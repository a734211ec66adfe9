import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import type { Client } from 'pg';
import { WebSocket } from 'ws';
import { createCursors } from '../../src/model/cursor.ts';
import { openSession } from '../store/support.ts';
import { hasPostgres, postgres } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { qrPayment } from '../support/samples.ts';

const secret = 'the same for all';
const counter = { id: 'qr_counter', externalId: 'counter' };
const other = { id: 'qr_other', externalId: 'other' };
const streams = {
  code: 'subscription ($after: Cursor) { change: qrCodeChanged(externalId: "counter", after: $after) { cursor } }',
  other: 'subscription ($after: Cursor) { change: qrCodeChanged(externalId: "other", after: $after) { cursor } }',
  activity: 'subscription ($after: Cursor) { change: activity(after: $after) { cursor } }',
};
type Stream = keyof typeof streams;

interface Told {
  change: { cursor: string };
}
interface Result {
  data?: Told | null | undefined;
  errors?: readonly { extensions?: Record<string, unknown> }[] | undefined;
}
type Transport = (stream: Stream, after?: string) => AsyncIterableIterator<Result>;

function transportsOf(t: TestContext, { url }: TestGateway): Record<'WebSocket' | 'server-sent events', Transport> {
  const sockets = createSocketClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  const events = createSseClient({ url: `${url}/graphql/stream`, retryAttempts: 0 });
  t.after(() => sockets.dispose());
  t.after(() => events.dispose());
  return {
    WebSocket: (stream, after) => sockets.iterate<Told>({ query: streams[stream], variables: { after } }),
    'server-sent events': (stream, after) => events.iterate<Told>({ query: streams[stream], variables: { after } }),
  };
}

/** All that a stream says until it ends: its errors, and each cursor that it told. */
async function wordsOf(results: AsyncIterableIterator<Result>): Promise<unknown[]> {
  const words: unknown[] = [];
  const add = (errors: Result['errors']) => words.push(...(errors ?? []).map(({ extensions }) => extensions?.code));
  try {
    for await (const { data, errors } of results) {
      add(errors);
      if (data) words.push(data.change.cursor);
    }
  } catch (error) {
    if (!Array.isArray(error)) throw error;
    add(error);
  }
  return words;
}

async function cursorOf(transport: Transport, stream: Stream, after?: string): Promise<string> {
  const results = transport(stream, after);
  const { value } = (await results.next()) as { value: Result };
  await results.return?.();
  return value.data?.change.cursor ?? assert.fail(JSON.stringify(value));
}

let payments = 0;
async function pay(gateway: TestGateway, code = counter): Promise<void> {
  const id = `qrpy_${payments++}`;
  assert.equal((await gateway.deliver(qrPayment(code, id))).status, 200);
}

interface Placed {
  gateway: TestGateway;
  session: Client;
  transports: ReturnType<typeof transportsOf>;
  /** Whatever somebody has who knows the secret. */
  signed: ReturnType<typeof createCursors>;
  mine: Record<Stream, string>;
}

async function place(t: TestContext, environment: Record<string, string> = {}): Promise<Placed> {
  payments = 0;
  const database = await postgres(t);
  const session = await openSession(t, database.environment.DATABASE_URL);
  const gateway = await startGateway(t, { CURSOR_SECRET: secret, FEED_POLL_MS: '50', ...environment }, database);
  for (const code of [counter, counter, other]) await pay(gateway, code);
  const transports = transportsOf(t, gateway);
  const { rows } = await session.query('SELECT name FROM "Epoch"');
  const signed = createCursors(secret, () => rows[0].name);
  const tell = (stream: Stream, after?: string) => cursorOf(transports.WebSocket, stream, after);
  const mine = {
    code: await tell('code'),
    other: await tell('other'),
    activity: await tell('activity', signed.write('activity', '', '0.0')),
  };
  return { gateway, session, transports, signed, mine };
}

/** Opens a stream with each of these cursors over each transport while payments go on, and sees that it says this and no more. */
async function assertRefused({ gateway, transports }: Placed, cursors: [Stream, string, string][], code: string) {
  for (const [transport, open] of Object.entries(transports)) {
    const opened = cursors.map(([stream, , cursor]) => wordsOf(open(stream, cursor)));
    for (const each of [counter, other]) await pay(gateway, each);
    const said = await Promise.all(opened);
    const expected = cursors.map(([stream, what]) => [transport, stream, what, [code]]);
    assert.deepEqual(
      cursors.map(([stream, what], index) => [transport, stream, what, said[index]]),
      expected,
    );
  }
  await eventually('nobody listens', () => gateway.listeners() === 0);
}

test('a cursor that is not of this stream, account or log is refused on every transport, and nothing is told', async (t) => {
  if (!(await hasPostgres(t))) return;
  const placed = await place(t);
  const { mine, signed, session } = placed;
  const names = { code: 'QrCode:qr_counter', activity: 'activity' };
  const { rows } = await session.query(
    `SELECT 2 AS code, transaction || '.' || id AS activity FROM "Change" ORDER BY transaction, id LIMIT 1`,
  );
  const wrong = (['code', 'activity'] as const).flatMap((stream) => {
    const name = names[stream];
    const position = String(rows[0][stream]);
    assert.equal(signed.write(name, '', position), mine[stream], 'whoever knows the secret signs as the gateway does');
    const bytes = Buffer.from(mine[stream], 'base64url');
    const flipped = (at: number) => Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)));
    const of = (account: string, epoch = signed) => epoch.write(name, account, position);
    const cursors: [what: string, cursor: string][] = [
      ['with another signature', flipped(0).toString('base64url')],
      ['with another place', flipped(bytes.length - 1).toString('base64url')],
      ['cut short', mine[stream].slice(0, -2)],
      ['empty', ''],
      ['of no one', '1'],
      ['of another account', of('another')],
      ['of another secret', of('', createCursors('guessed'))],
      [
        'of another life of the database',
        of(
          '',
          createCursors(secret, () => 'ffffffffffffffff'),
        ),
      ],
      ['of another code', mine.other],
      ['of another type', signed.write('PaymentRequest:qr_counter', '', position)],
      ['of the other kind of stream', stream === 'code' ? mine.activity : mine.code],
      ['of the future', signed.write(name, '', stream === 'code' ? '1000000' : '900000000000.1')],
    ];
    return cursors.map(([what, cursor]): [Stream, string, string] => [stream, what, cursor]);
  });
  await assertRefused(placed, wrong, 'CURSOR_INVALID');
});

test('a cursor older than what is kept is CURSOR_EXPIRED on every transport', async (t) => {
  if (!(await hasPostgres(t))) return;
  const placed = await place(t, { PRUNE_EVERY_MS: '100' });
  const { gateway, session, signed } = placed;
  for (let more = 0; more < 5; more += 1) await pay(gateway);
  await session.query(`UPDATE "Change" SET "recordedAt" = "recordedAt" - interval '91 days'`);
  const left = `SELECT count(*)::int AS count FROM "Change" WHERE "resourceId" = 'qr_counter'`;
  await eventually('what is too old is gone', async () => (await session.query(left)).rows[0].count === 1);
  const early: [Stream, string, string][] = [
    ['code', 'of the first version', signed.write('QrCode:qr_counter', '', '1')],
    ['activity', 'of the beginning', signed.write('activity', '', '0.0')],
  ];
  await assertRefused(placed, early, 'CURSOR_EXPIRED');
});

test('a log that was restored from a copy refuses what it told before, whether its table is another one or the same', async (t) => {
  if (!(await hasPostgres(t))) return;
  const placed = await place(t);
  const { gateway, session, transports, mine } = placed;
  // As a copy of the disk leaves it, which no mark of the database tells from what it was.
  const { rows } = await session.query('SELECT max(id)::text AS last FROM "Change"');
  await pay(gateway, other);
  let latest = mine.activity;
  const follow = transports.WebSocket('activity', latest);
  const live = transports['server-sent events']('activity');
  const ended = wordsOf(live);
  await eventually('both listen', () => gateway.listeners() === 2);
  const isLost = `SELECT count(*)::int AS count FROM "Change" WHERE id > ${rows[0].last}`;
  const lost = (await session.query(isLost)).rows[0].count as number;
  const known = (await session.query('SELECT count(*)::int AS count FROM "Change"')).rows[0].count as number;
  for (let told = 1; told < known; told += 1) {
    const { value } = (await follow.next()) as { value: Result };
    latest = value.data?.change.cursor ?? assert.fail(JSON.stringify(value));
  }
  assert.ok(lost > 0);
  await session.query(`DELETE FROM "Change" WHERE id > ${rows[0].last}`);
  for (const open of Object.values(transports))
    assert.deepEqual(await wordsOf(open('activity', latest)), ['CURSOR_INVALID']);
  await follow.return?.();

  await session.query(
    'CREATE TABLE copy (LIKE "Change" INCLUDING ALL); ALTER TABLE "Change" RENAME TO lost; ALTER TABLE copy RENAME TO "Change"',
  );
  assert.equal((await ended).at(-1), 'CURSOR_INVALID');
  const before: [Stream, string, string][] = [
    ['code', 'of before', mine.code],
    ['activity', 'of before', mine.activity],
  ];
  for (const [stream, , cursor] of before) {
    for (const open of Object.values(transports)) {
      assert.deepEqual(await wordsOf(open(stream, cursor)), ['CURSOR_INVALID'], stream);
    }
  }
});
