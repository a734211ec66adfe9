import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { explorerLink } from '../../web/shared/explorer-link.ts';
import { assertAccessible } from '../support/accessibility.ts';
import { openPage, phone, picture, strangers } from '../support/browser.ts';
import { jwtSecret, signToken } from '../support/callers.ts';
import { startGateway } from '../support/gateway.ts';
import { createCode, payCode } from '../support/qr-codes.ts';

const run = (page: Page) => page.locator('.graphiql-execute-button').click();
const answer = (page: Page) => page.locator('.result-window .view-lines');

test('the explorer runs the examples in its tabs, and asks nobody but the gateway', async (t) => {
  const { url } = await startGateway(t);
  const { page, complaints, asked } = await openPage(t, { url: `${url}/graphiql` });
  const tabs = page.locator('.graphiql-tab-button');
  await tabs.filter({ hasText: 'CreateQrCode' }).waitFor();
  assert.deepEqual(await tabs.allInnerTexts(), [
    'CreateQrCode',
    'WatchQrCode',
    'PayQrCode',
    'ReadQrCode',
    'RecentActivity',
  ]);
  const shows = (operation: string) =>
    page.locator('.graphiql-query-editor .view-lines', { hasText: operation }).waitFor();
  await shows('CreateQrCode');
  await run(page);
  await answer(page).filter({ hasText: 'CreateQrCodePayload' }).waitFor();
  await tabs.filter({ hasText: 'WatchQrCode' }).click();
  await shows('WatchQrCode');
  await run(page);
  await answer(page).filter({ hasText: 'SNAPSHOT' }).waitFor();
  await tabs.filter({ hasText: 'PayQrCode' }).click();
  await shows('PayQrCode');
  await run(page);
  await answer(page).filter({ hasText: 'COMPLETED' }).waitFor();
  await picture(page, 'explorer');
  await assertAccessible(page);
  await page.setViewportSize(phone);
  await picture(page, 'explorer');
  assert.deepEqual([complaints, strangers(asked, url)], [[], []]);
});

test('a subscription in the explorer, by the token in its headers, tells of a payment', async (t) => {
  const gateway = await startGateway(t, { AUTH_JWT_SECRET: jwtSecret });
  await createCode(gateway, 'explored');
  const query = await readFile(join(import.meta.dirname, '../../web/examples/watch-qr-code.graphql'), 'utf8');
  const { page, complaints } = await openPage(t, {
    permissions: ['clipboard-read', 'clipboard-write'],
    url: gateway.url + explorerLink({ query, variables: '{"externalId": "explored"}' }),
  });
  await page.getByText('This gateway asks who you are').waitFor();
  const headers = page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden)');
  await headers.locator('.view-lines', { hasText: 'Bearer' }).click();
  assert.match(complaints.splice(0).join(), /401/, 'without a token the contract is refused');
  await page.keyboard.press('Control+A');
  // Pasted, since the editor closes what is typed.
  const written = JSON.stringify({ Authorization: `Bearer ${await signToken()}` });
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(written)})`);
  await page.keyboard.press('Control+V');
  await page.getByText('This gateway asks who you are').waitFor({ state: 'detached' });

  await run(page);
  await answer(page).filter({ hasText: 'SNAPSHOT' }).waitFor();
  await payCode(gateway, 'explored');
  await answer(page).filter({ hasText: 'INACTIVE' }).waitFor();
  assert.deepEqual(complaints, []);
  assert.doesNotMatch(await page.evaluate(() => JSON.stringify(localStorage)), /eyJ/, 'the token is not kept');
});
