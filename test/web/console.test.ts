import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import { assertAccessible } from '../support/accessibility.ts';
import { desktop, phone, strangers } from '../support/browser.ts';
import { jwtSecret, signToken } from '../support/callers.ts';
import { placed, shaped } from '../support/canaries.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway } from '../support/gateway.ts';
import { openLine } from '../support/line.ts';
import { onShared, paidRequest } from '../support/payments.ts';
import { createCode, payCode } from '../support/qr-codes.ts';
import { failed, openConsole, pictures, rowsOf, seeded, startOldGateway, whenLive } from './console-support.ts';

const testOnOldGateway = onShared(startOldGateway);

testOnOldGateway(
  'what happens appears by itself, and a filter narrows it and outlives a reload',
  async (t, gateway) => {
    const { page, complaints, asked } = await openConsole(t, gateway.url);
    await whenLive(page);
    await createCode(gateway, 'live-1');
    const paymentId = await payCode(gateway, 'live-1');
    await rowsOf(page).filter({ hasText: paymentId }).first().waitFor();
    await rowsOf(page).filter({ hasText: 'live-1' }).filter({ hasText: 'QR code' }).first().waitFor();

    await page.getByLabel('Resource', { exact: true }).selectOption('QrPayment');
    await page.getByLabel('Status').selectOption('COMPLETED');
    await rowsOf(page).filter({ hasText: 'order-' }).first().waitFor({ state: 'detached' });
    assert.ok((await rowsOf(page).allInnerTexts()).every((text) => text.includes(paymentId)));
    await page.reload();
    await rowsOf(page).filter({ hasText: paymentId }).first().waitFor();
    assert.ok((await rowsOf(page).allInnerTexts()).every((text) => text.includes(paymentId)));
    assert.match(page.url(), /#\/activity\?type=QrPayment&status=COMPLETED$/);

    await whenLive(page);
    await createCode(gateway, 'live-2');
    const another = await payCode(gateway, 'live-2');
    await rowsOf(page).filter({ hasText: another }).first().waitFor();
    assert.ok((await rowsOf(page).allInnerTexts()).every((text) => text.includes('QR payment')));

    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('searchbox', { name: 'Id or reference' }).fill('live-2');
    await page.getByRole('searchbox').press('Enter');
    await page.getByRole('button', { name: /^QR code qr_/ }).click();
    await rowsOf(page).filter({ hasText: 'order-' }).first().waitFor({ state: 'detached' });
    assert.ok((await rowsOf(page).allInnerTexts()).every((text) => text.includes('live-2')));
    assert.deepEqual(complaints, []);
    assert.deepEqual(strangers(asked, gateway.url), []);
  },
);

testOnOldGateway('ten thousand rows are scrolled through with few of them in the page', async (t, gateway) => {
  const { page, complaints } = await openConsole(t, gateway.url, '#/activity?type=Payment');
  const grid = page.getByRole('grid');
  await grid.focus();
  let most = 0;
  const inAll = page.getByText(/in all$/);
  while (!(await inAll.isVisible())) {
    await grid.press('End');
    most = Math.max(most, await rowsOf(page).count());
  }
  assert.ok(most < 200, `${most} rows in the page`);
  await grid.press('End');
  await rowsOf(page).getByText('py-1', { exact: true }).waitFor();
  assert.match(await inAll.innerText(), /^10,\d\d\d in all$/);
  assert.ok(Number(await grid.getAttribute('aria-rowcount')) > seeded);
  assert.match(await page.locator('tr.active').innerText(), /py-1\b/);

  const scroller = page.locator('.grid');
  for (const share of [0.5, 0.1, 0.9, 0]) {
    await scroller.evaluate((list, to) => list.scrollTo(0, list.scrollHeight * to), share);
    await eventually(`rows are seen at ${share}`, async () => (await rowsInTheMiddle(scroller)) === 1, 10_000);
    assert.ok((await rowsOf(page).count()) < 200);
  }
  assert.deepEqual(complaints, []);
});

testOnOldGateway('whoever reads is not moved, and sees how many are new', async (t, gateway) => {
  const { page } = await openConsole(t, gateway.url);
  await whenLive(page);
  await page.getByRole('button', { name: 'Pause' }).click();
  const first = await rowsOf(page).first().innerText();
  await createCode(gateway, 'paused-1');
  await page.getByText('1 new').waitFor();
  assert.equal(await rowsOf(page).first().innerText(), first);
  await page.getByRole('button', { name: 'Show new' }).click();
  await rowsOf(page).filter({ hasText: 'paused-1' }).waitFor();

  await page.locator('.grid').evaluate((list) => list.scrollTo(0, 2_000));
  await createCode(gateway, 'away-1');
  await page.getByText('1 new').waitFor();
  await page.getByLabel('Resource', { exact: true }).selectOption('QrCode');
  await rowsOf(page).filter({ hasText: 'away-1' }).waitFor();
  await createCode(gateway, 'away-2');
  await rowsOf(page).filter({ hasText: 'away-2' }).waitFor();
});

testOnOldGateway('a resource’s life is drawn over time, and goes on while it is looked at', async (t, gateway) => {
  const { id, paymentId } = await paidRequest(gateway);
  const { page, complaints } = await openConsole(t, gateway.url);
  await whenLive(page);
  await pictures(page, 'console-activity');
  await page.getByRole('grid').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('dialog');
  await sheet.waitFor();
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });

  await rowsOf(page).filter({ hasText: id }).first().click();
  await sheet.waitFor();
  // Beside it.
  await page.mouse.click(20, 400);
  await sheet.waitFor({ state: 'detached' });

  await rowsOf(page).filter({ hasText: id }).first().click();
  await sheet.getByText('IDR 15,000').waitFor();
  const points = sheet.locator('button.point');
  const steps = sheet.getByRole('list', { name: 'Changes' }).getByRole('listitem');
  const before = await steps.count();
  assert.ok(before >= 2);
  assert.equal(await points.count(), before);
  const [begin, end] = [await points.first().boundingBox(), await points.last().boundingBox()];
  assert.ok(begin && end && begin.x + 20 < end.x, 'later stands to the right');
  await points.last().focus();
  await sheet.locator('.timeline-detail', { hasText: /^Version \d: .*Succeeded, heard by webhook/ }).waitFor();

  await gateway.ask(
    `mutation ($id: ID!) { createRefund(input: { of: { paymentRequestId: $id }, reason: OTHERS, idempotencyKey: "refund-1" }) { __typename } }`,
    { id },
  );
  await points.nth(before).waitFor();
  await pictures(page, 'console-resource');
  await sheet.getByRole('link', { name: paymentId }).click();
  await page.getByRole('dialog', { name: 'Payment', exact: true }).waitFor();
  await assertAccessible(page);
  assert.deepEqual(complaints, []);
});

testOnOldGateway(
  'a webhook that could not be applied is shown redacted, and redriven by a click',
  async (t, gateway) => {
    const strange = {
      event: 'zebra.seen',
      data: { id: 'zebra-1', email: shaped.email, card_number: shaped.card, given_names: placed.name },
    };
    await gateway.deliver(strange);
    const { page, complaints } = await openConsole(t, gateway.url, '#/webhooks');
    await rowsOf(page).filter({ hasText: 'zebra.seen' }).click();
    const sheet = page.getByRole('dialog', { name: 'zebra.seen' });
    await sheet.getByText('[redacted]').first().waitFor();
    assert.match(await sheet.locator('pre').innerText(), /"id": "zebra-1"/);
    const whole = await page.content();
    for (const secret of [shaped.email, shaped.card, placed.name]) assert.ok(!whole.includes(secret), secret);
    await sheet.getByRole('button', { name: 'Redrive' }).click();
    await sheet.getByText(/^Read again, and it is as before/).waitFor();
    await page.keyboard.press('Escape');

    await page.getByLabel('Outcome').selectOption('FAILED');
    const rows = rowsOf(page);
    await rows.filter({ hasText: 'zebra.seen' }).waitFor({ state: 'detached' });
    await rows.nth(1).waitFor();
    assert.equal(await rows.count(), failed.length);
    await assertAccessible(page);
    await pictures(page, 'console-webhooks');
    await rows.first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Redrive' }).click();
    await page.getByText('Read again: APPLIED.').waitFor();
    await page.getByRole('link', { name: 'qrpy_late-1' }).waitFor();
    await pictures(page, 'console-webhook');
    await assertAccessible(page);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Redrive all failed' }).click();
    await page.getByText('1 of 1 read.').waitFor();
    assert.equal(await rows.filter({ hasText: 'Applied' }).count(), failed.length);
    const { data } = await gateway.ask('{ one: node(id: "qrpy_late-0") { id } other: node(id: "qrpy_late-1") { id } }');
    assert.deepEqual(data, { one: { id: 'qrpy_late-0' }, other: { id: 'qrpy_late-1' } });
    assert.deepEqual(complaints, []);
  },
);

testOnOldGateway('a filter that is set while a sheet closes stays set', async (t, gateway) => {
  const { page, complaints } = await openConsole(t, gateway.url, '#/webhooks');
  await rowsOf(page).first().click();
  const sheet = page.getByRole('dialog');
  await sheet.waitFor();
  await page.evaluate(() => {
    document.querySelector('dialog')?.close();
    location.hash = '#/webhooks?outcome=FAILED';
  });
  await sheet.waitFor({ state: 'detached' });
  assert.match(page.url(), /#\/webhooks\?outcome=FAILED$/);
  assert.deepEqual(complaints, []);
});

testOnOldGateway('the budget and the charts tell what was asked and how fast it is told', async (t, gateway) => {
  const { page, complaints } = await openConsole(t, gateway.url, '#/charts');
  await whenLive(page);
  const figure = (name: string) =>
    page.locator('.figures div', { has: page.getByText(name, { exact: true }) }).locator('dd');
  await figure('Last hour').filter({ hasText: /^\d+$/ }).waitFor();
  const before = Number(await figure('Last hour').innerText());
  // Until then a change may be taken for one of before it was connected.
  await page.getByText(/compared to ± \d{1,2} ms/).waitFor();
  await createCode(gateway, 'charted-1');
  await payCode(gateway, 'charted-1');
  await eventually('it is counted', async () => Number(await figure('Last hour').innerText()) > before, 10_000);
  await page.getByRole('img', { name: /half within \d+ ms, 99 of 100 within \d+ ms/ }).waitFor();
  await pictures(page, 'console-charts');
  await page.getByText('Show as a table').first().click();
  await page.getByRole('table').first().waitFor();
  await assertAccessible(page);

  await page.getByRole('link', { name: 'Budget' }).click();
  await page.getByRole('meter', { name: /^POST \/qr_codes: \d+ of 60 calls left$/ }).waitFor();
  await assertAccessible(page);
  await pictures(page, 'console-budget');
  assert.deepEqual(complaints, []);
});

testOnOldGateway('it fits a phone', async (t, gateway) => {
  const { page } = await openConsole(t, gateway.url, '', { viewport: phone, hasTouch: true });
  await rowsOf(page).first().waitFor();
  const distance = async () => {
    const [first, second] = [await rowsOf(page).nth(0).boundingBox(), await rowsOf(page).nth(1).boundingBox()];
    return (second?.y ?? Number.NaN) - (first?.y ?? Number.NaN);
  };
  assert.equal(await distance(), 72);
  await page.setViewportSize(desktop);
  await eventually('rows are those of a desktop', async () => (await distance()) === 44);
  await page.setViewportSize(phone);
  await eventually('and those of a phone again', async () => (await distance()) === 72);
  await assertAccessible(page);
  assert.equal(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0);
});

testOnOldGateway('whoever was cut off hears what was missed, once', async (t, gateway) => {
  const line = await openLine(t, { host: '127.0.0.1', port: Number(new URL(gateway.url).port) });
  const { page } = await openConsole(t, `http://127.0.0.1:${line.port}`, '#/activity?type=QrCode&kind=CREATED');
  await whenLive(page);
  await createCode(gateway, 'heard-1');
  await rowsOf(page).filter({ hasText: 'heard-1' }).waitFor();
  const { data } = await gateway.ask<{ activity: { edges: { cursor: string }[] } }>(
    '{ activity(first: 1) { edges { cursor } } }',
  );
  const sent: string[] = [];
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(String(payload))));
  line.cut();
  await page.getByText('Reconnecting').waitFor();
  await createCode(gateway, 'missed-1');
  line.restore();
  await rowsOf(page).filter({ hasText: 'missed-1' }).waitFor();
  assert.ok(sent.some((frame) => frame.includes(`"after":"${data?.activity.edges[0]?.cursor}"`)));
  await createCode(gateway, 'missed-2');
  await rowsOf(page).filter({ hasText: 'missed-2' }).waitFor();
  assert.equal(await rowsOf(page).filter({ hasText: 'missed-1' }).count(), 1);
});

test('callers are asked who they are, told when they are refused, and see what their scopes let them', async (t) => {
  const gateway = await startGateway(t, { AUTH_JWT_SECRET: jwtSecret });
  await gateway.deliver({ event: 'zebra.seen', data: {} });
  const { page } = await openConsole(t, gateway.url);
  const field = page.getByLabel('Token or API key');
  await field.fill('nobodys-token');
  await field.press('Enter');
  await page.getByText('The gateway does not take this token.').waitFor();
  await assertAccessible(page);

  await field.fill(await signToken({ scope: 'activity:read' }));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await whenLive(page);
  await createCode(gateway, 'guarded-1');
  await rowsOf(page).filter({ hasText: 'guarded-1' }).click();
  await page.getByText('It needs the scope payments:read.').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Webhooks' }).click();
  await page.getByText('It needs the scope webhooks:manage.').waitFor();
  assert.equal(await page.evaluate('localStorage.length'), 0);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await field.fill(await signToken({ scope: 'webhooks:manage' }));
  await field.press('Enter');
  await page.getByText('Not live').waitFor();
  await rowsOf(page).filter({ hasText: 'zebra.seen' }).waitFor();
});

/** How many rows lie across the middle of a list, as they are drawn. */
function rowsInTheMiddle(scroller: Locator): Promise<number> {
  return scroller.evaluate((list) => {
    const { top, height } = list.getBoundingClientRect();
    const middle = top + height / 2;
    const rows = [...list.querySelectorAll('tbody tr')].map((row) => row.getBoundingClientRect());
    return rows.filter((row) => row.top <= middle && row.bottom > middle).length;
  });
}
