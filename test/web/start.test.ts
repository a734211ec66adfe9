import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible } from '../support/accessibility.ts';
import { desktop, openPage, phone, picture, strangers } from '../support/browser.ts';
import { jwtSecret, signToken } from '../support/callers.ts';
import { startGateway } from '../support/gateway.ts';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('a code is created, watched and paid by three buttons', async (t) => {
  const { url } = await startGateway(t);
  const { page, complaints, asked } = await openPage(t, { url });
  await page.getByText('Sandbox. A stand-in plays Xendit: no money moves.').waitFor();
  await picture(page, 'start');
  await assertAccessible(page);

  await button(page, 'Create a QR code').click();
  const code = page.getByRole('img', { name: /^QR code of order-/ });
  await code.waitFor();
  assert.ok(
    (await code.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth)) > 0,
    'the code is drawn',
  );
  const checkout = await page.getByRole('link', { name: 'Open its checkout page' }).getAttribute('href');
  assert.equal((await fetch(url + checkout)).status, 200);

  await button(page, 'Watch it').click();
  await page.getByText('Connected over WebSocket.').waitFor();
  const changes = page.locator('.change');
  await changes.filter({ hasText: 'version 1, ACTIVE' }).waitFor();

  await button(page, 'Pay it').click();
  await changes.filter({ hasText: /INACTIVE, Rp\s15,000 received/ }).waitFor();
  await page.getByText('Everything has been said: the stream is complete.').waitFor();
  await page.getByText(/^Rp\s15,000 paid with play money/).waitFor();
  assert.equal(await changes.count(), 2);
  await assertAccessible(page);
  for (const viewport of [desktop, phone]) {
    await page.setViewportSize(viewport);
    await page.getByText(/paid with play money/).evaluate((paid) => paid.scrollIntoView({ block: 'end' }));
    await page.evaluate('scrollBy(0, 24)');
    await picture(page, 'start-paid');
  }
  assert.deepEqual([complaints, strangers(asked, url)], [[], []]);

  await page.getByRole('link', { name: 'Open in explorer: PayQrCode' }).click();
  await page.locator('.graphiql-tab-active', { hasText: 'PayQrCode' }).waitFor();
});

test('a gateway that tells callers apart asks for a token, and takes one that counts', async (t) => {
  const { url } = await startGateway(t, { AUTH_JWT_SECRET: jwtSecret });
  const { page, complaints } = await openPage(t, { url });
  const field = page.getByLabel('Token or API key');
  await field.fill('nonsense');
  assert.equal(await button(page, 'Create a QR code').isDisabled(), true);
  await assertAccessible(page);
  await button(page, 'Use it').click();
  await page.getByRole('alert').waitFor();
  assert.equal(complaints.splice(0).length, 1, 'the browser tells of the answer 401');

  await field.fill(await signToken({ scope: 'payments:read' }));
  await button(page, 'Use it').click();
  await page.getByText('The gateway knows you').waitFor();
  await button(page, 'Create a QR code').click();
  await page.getByRole('alert').filter({ hasText: 'payments:write' }).waitFor();
  assert.equal(complaints.splice(0).length, 1, 'and of 403');

  await button(page, 'Forget it').click();
  await field.fill(await signToken());
  await field.press('Enter');
  await button(page, 'Create a QR code').click();
  await button(page, 'Watch it').click();
  await page.locator('.change', { hasText: 'ACTIVE' }).waitFor();
  assert.deepEqual(complaints, []);
});

test('with a live key it says so, and offers nothing that makes or moves anything', async (t) => {
  const { url } = await startGateway(t, {
    XENDIT_SECRET_KEY: 'xnd_production_never',
    XENDIT_BASE_URL: 'http://127.0.0.1:9',
    PAGES: 'start,graphiql',
  });
  const { page, context, complaints } = await openPage(t);
  const token = await signToken();
  await context.addInitScript((kept) => sessionStorage.setItem('token', kept), token);
  await page.goto(url);
  await page.getByText('Live. A live key: real money moves.').waitFor();
  assert.doesNotMatch(await page.locator('main').innerText(), /mutation [A-Z]|Create a QR|Pay it/);
  await button(page, 'Ask').first().click();
  await page.getByRole('region', { name: 'The answer to: See what happened last' }).waitFor();
  await picture(page, 'start-live');
  await assertAccessible(page);

  await page.goto(`${url}/graphiql`);
  await page.getByText('a mutation moves real money').waitFor();
  await page.getByText('Introspection is off').waitFor();
  assert.deepEqual(await page.locator('.graphiql-tab-button').allInnerTexts(), [
    'ReadQrCode',
    'RecentActivity',
    'WatchQrCode',
    'RecentPayments',
    'XenditBudget',
  ]);
  assert.deepEqual(complaints, []);
});
