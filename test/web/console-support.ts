import type { Page } from 'playwright-core';
import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/store/database.ts';
import { desktop, openPage, type PageOptions, phone, picture, type TestPage } from '../support/browser.ts';
import { embedded, type Scope } from '../support/database.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { qrPayment } from '../support/samples.ts';

/** A counter of which two payments could not be applied. */
export const counter = { id: 'qr_counter', externalId: 'counter' };
export const failed = ['wh_failed-1', 'wh_failed-2'];

/** Changes of another time, each of a payment of its own. */
export const seeded = 10_000;

/** A gateway that has a long past. */
export async function startOldGateway(t: Scope): Promise<TestGateway> {
  const place = await embedded(t);
  const { dataDir, databasePoolSize: poolSize, databaseTimeoutMs: statementTimeoutMs } = readConfig(place.environment);
  const database = await openDatabase({ databaseUrl: undefined, dataDir, poolSize, statementTimeoutMs });
  await database.prisma.$executeRaw`
    INSERT INTO "Change" (account, type, "resourceId", version, kind, "toStatus", origin, snapshot, "occurredAt", "recordedAt")
    SELECT '', 'Payment', 'py-' || n, 1, 'CREATED', CASE WHEN n % 7 = 0 THEN 'FAILED' ELSE 'SUCCEEDED' END, 'WEBHOOK',
      '{"__typename":"Payment","account":"","id":"py-' || n || '","status":"SUCCEEDED","version":1,"referenceId":"order-' || n
        || '","amount":{"amount":"' || 10000 + n || '","currency":"IDR"}}',
      now() - interval '1 day' - (${seeded} - n) * interval '7 seconds', now() - interval '1 day'
    FROM generate_series(1, ${seeded}::int) AS n`;
  await database.prisma.webhookEvent.createMany({
    data: failed.map((id, index) => ({
      id,
      account: '',
      event: 'qr.payment',
      family: 'QR_V1',
      outcome: 'FAILED',
      reason: 'a fault of ours',
      body: new TextEncoder().encode(JSON.stringify(qrPayment(counter, `qrpy_late-${index}`))),
      receivedAt: new Date(Date.now() - 60_000),
      lastReceivedAt: new Date(Date.now() - 60_000),
      deliveries: 1,
      attempts: 5,
    })),
  });
  await database.close();
  return startGateway(t, {}, place);
}

/** Opens the console at a place in it, such as `#/webhooks`. */
export async function openConsole(t: Scope, url: string, hash = '', options: PageOptions = {}): Promise<TestPage> {
  const opened = await openPage(t, { ...options, url: `${url}/console${hash}` });
  opened.page.setDefaultTimeout(30_000);
  return opened;
}

/** What the rows of the list say, each as its cells. */
export function rowsOf(page: Page) {
  return page.locator('tbody tr');
}

/** The page hears of what happens from now on. */
export async function whenLive(page: Page): Promise<void> {
  await page.getByText('Live', { exact: true }).waitFor();
}

/** With SCREENSHOTS=1, the page as it is now on a phone and on a desktop. */
export async function pictures(page: Page, name: string): Promise<void> {
  if (process.env.SCREENSHOTS !== '1') return;
  for (const size of [phone, desktop]) {
    await page.setViewportSize(size);
    // Charts and lists follow their frame a little later.
    await page.evaluate('new Promise((done) => setTimeout(done, 300))');
    await picture(page, name);
  }
}
