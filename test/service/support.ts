import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createFeed } from '../../src/feed/feed.ts';
import { createCursors } from '../../src/model/cursor.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { createOnce } from '../../src/service/once.ts';
import type { Rooms } from '../../src/service/rooms.ts';
import { createSingleFlight } from '../../src/service/single-flight.ts';
import type { Database } from '../../src/store/database.ts';
import { openLedger } from '../../src/store/ledger.ts';
import { openLists } from '../../src/store/lists.ts';
import { openOnceKeys } from '../../src/store/once-keys.ts';
import { openReads } from '../../src/store/reads.ts';
import { openSearch } from '../../src/store/search.ts';
import { readAgain } from '../../src/webhook/read-again.ts';
import { createBreaker } from '../../src/xendit/breaker.ts';
import { createBudget } from '../../src/xendit/budget.ts';
import { openXendit } from '../../src/xendit/client.ts';
import type { QrApi } from '../../src/xendit/qr-codes.ts';
import { open } from '../store/support.ts';
import type { TestDatabase } from '../support/database.ts';

export interface Opened {
  rooms: Rooms;
  sandbox: Sandbox;
  database: Database;
}

export interface RoomsOptions {
  timeoutMs?: number;
  patienceMs?: number;
  readMaxAgeMs?: number;
  qrApi?: QrApi;
  /** A sandbox that others use too; one of its own unless told. */
  sandbox?: Sandbox;
}

/** What the service stands on, with the sandbox as Xendit; nothing listens for its webhooks. */
export async function openRooms(t: TestContext, place: TestDatabase, options: RoomsOptions = {}): Promise<Opened> {
  const { timeoutMs = 5_000, patienceMs = 10_000, readMaxAgeMs = 0, qrApi = 'v1' } = options;
  const database = await open(t, place);
  const sandbox = options.sandbox ?? (await startSandbox({ requestsPerMinute: 10_000 }));
  if (options.sandbox === undefined) t.after(() => sandbox.close());
  // Neither gets in the way of a test that breaks things on purpose.
  const budget = createBudget({ requestsPerMinute: 10_000 });
  const breaker = createBreaker({ minCalls: 10_000 });
  const xendit = openXendit({ baseUrl: sandbox.url, secretKey: 'xnd_development_test', timeoutMs, budget, breaker });
  t.after(() => xendit.close());
  const feed = createFeed();
  t.after(() => feed.close());
  const onceKeys = openOnceKeys(database);
  const rooms: Rooms = {
    xendit,
    budget,
    breaker,
    ledger: openLedger(database, { onCommit: (changed) => feed.wake(changed) }),
    reads: openReads(database),
    lists: openLists(database),
    search: openSearch(database),
    feed,
    cursors: createCursors('secret'),
    onceKeys,
    once: createOnce(onceKeys, patienceMs),
    flights: createSingleFlight(),
    qrApi,
    reach: 'NEARBY',
    readMaxAgeMs,
    issueWatchToken: async () => assert.fail('no watch token is needed here'),
    readAgain: (event) => readAgain(event, { verifies: false, businesses: { owner: undefined, accounts: new Set() } }),
    webhookUrl: () => 'http://127.0.0.1:9/webhooks/xendit',
  };
  return { rooms, sandbox, database };
}

/** How often an endpoint was called. */
export function timesCalled({ record }: Sandbox, endpoint: string): number {
  return record.requests.filter((request) => request.endpoint === endpoint).length;
}
