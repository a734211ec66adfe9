import { Client } from 'pg';
import type { Evidence } from './evidence.ts';

/** What the tables say in the end, in plain SQL. */
export async function readTables(databaseUrl: string): Promise<Pick<Evidence, 'inbox' | 'resources' | 'log'>> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const inbox = await client.query('SELECT "webhookId", outcome, deliveries FROM "WebhookEvent"');
    const resources = await client.query('SELECT type, id, status, version FROM "Resource"');
    const log = await client.query(
      `SELECT transaction, id, type, "resourceId", version, kind, "toStatus", "causeId",
         (extract(epoch FROM "recordedAt") * 1000)::float8 AS "recordedAt"
       FROM "Change" ORDER BY transaction, id`,
    );
    return { inbox: inbox.rows, resources: resources.rows, log: log.rows };
  } finally {
    await client.end();
  }
}
