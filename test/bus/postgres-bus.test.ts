import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from 'pg';
import { hasPostgres, postgres, type Scope } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { openLine } from '../support/line.ts';
import { connected, hears, onPostgres } from './support.ts';

async function place(t: Scope): Promise<string> {
  return (await postgres(t)).environment.DATABASE_URL ?? '';
}

async function connect(t: Scope, url: string): Promise<Client> {
  // The database may be gone before it.
  const client = new Client({ connectionString: url }).on('error', () => undefined);
  await client.connect();
  t.after(() => client.end());
  return client;
}

test('a session that the server ends is opened again', async (t) => {
  if (!(await hasPostgres(t))) return;
  const url = await place(t);
  const [one, other] = [await onPostgres(t, url), await onPostgres(t, url)];
  await connected(one, other);
  const admin = await connect(t, url);
  const { rowCount } = await admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'xendit-graphql-bus'`,
  );
  assert.equal(rowCount, 2, 'one session for each instance');
  await eventually('both notice', () => one.outages.length > 0 && other.outages.length > 0);
  await hears(one, other);
  await hears(other, one);
  assert.deepEqual(one.outages, ['away', 'back']);
  assert.match(one.reasons[0] ?? '', /terminat/);
});

test('a hint carries nothing of what was committed', async (t) => {
  if (!(await hasPostgres(t))) return;
  const url = await place(t);
  const [one, other] = [await onPostgres(t, url), await onPostgres(t, url)];
  await connected(one, other);
  const spy = await connect(t, url);
  const payloads: (string | undefined)[] = [];
  spy.on('notification', ({ payload }) => payloads.push(payload));
  await spy.query('LISTEN xendit_graphql_changes');
  one.say('changes');
  await eventually('it is heard', () => payloads.length > 0);
  assert.deepEqual(payloads, ['']);
});

test('its own session is in no transaction while it waits', async (t) => {
  if (!(await hasPostgres(t))) return;
  const url = await place(t);
  const [one, other] = [await onPostgres(t, url), await onPostgres(t, url)];
  await connected(one, other);
  const admin = await connect(t, url);
  const isIdle = async () => {
    const { rows } = await admin.query(
      `SELECT state, backend_xid FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'xendit-graphql-bus'`,
    );
    return rows.length === 2 && rows.every(({ state, backend_xid: xid }) => state === 'idle' && xid === null);
  };
  await eventually('both are idle', isIdle);
});

test('a line that was silent from the beginning is given up too', async (t) => {
  if (!(await hasPostgres(t))) return;
  const url = new URL(await place(t));
  const line = await openLine(t, { host: url.hostname, port: Number(url.port || 5432) });
  const other = await onPostgres(t, url.href);
  url.port = String(line.port);
  line.silence();
  const one = await onPostgres(t, url.href);
  await eventually('it notices', () => one.outages.length === 1);
  line.restore();
  await connected(one, other);
});
