import type { TestContext } from 'node:test';
import { createFeed } from '../../src/feed/feed.ts';
import { createCursors } from '../../src/model/cursor.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { createOnce } from '../../src/service/once.ts';
import type { Rooms } from '../../src/service/rooms.ts';
import { createSingleFlight } from '../../src/service/single-flight.ts';
import { openLedger } from '../../src/store/ledger.ts';
import { openOnceKeys } from '../../src/store/once-keys.ts';
import { openReads } from '../../src/store/reads.ts';
import { openXendit } from '../../src/xendit/client.ts';
import { open } from '../store/support.ts';
import type { TestDatabase } from '../support/database.ts';

export interface Opened {
  rooms: Rooms;
  sandbox: Sandbox;
}

/** What the service stands on, with the sandbox as Xendit; nothing listens for its webhooks. */
export async function openRooms(
  t: TestContext,
  place: TestDatabase,
  { timeoutMs = 5_000, patienceMs = 10_000, readMaxAgeMs = 0 } = {},
): Promise<Opened> {
  const database = await open(t, place);
  const sandbox = await startSandbox({ requestsPerMinute: 10_000 });
  t.after(() => sandbox.close());
  const xendit = openXendit({ baseUrl: sandbox.url, secretKey: 'xnd_development_test', timeoutMs });
  t.after(() => xendit.close());
  const feed = createFeed(60_000);
  t.after(() => feed.close());
  const rooms: Rooms = {
    xendit,
    ledger: openLedger(database, { onCommit: (changed) => feed.wake(changed) }),
    reads: openReads(database),
    feed,
    cursors: createCursors('secret'),
    once: createOnce(openOnceKeys(database), patienceMs),
    flights: createSingleFlight(),
    readMaxAgeMs,
    webhookUrl: () => 'http://127.0.0.1:9/webhooks/xendit',
  };
  return { rooms, sandbox };
}
