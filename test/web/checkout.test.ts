import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { assertAccessible } from '../support/accessibility.ts';
import { openPage, phone, picture, strangers } from '../support/browser.ts';
import { newName } from '../support/payments.ts';
import { payCode } from '../support/qr-codes.ts';
import { codeOn, live, plain, shows, testOnCheckout } from './checkout-support.ts';

testOnCheckout('two windows show what is to be paid, and say at once that it is paid', async (t, gateway) => {
  const name = newName('order');
  const url = gateway.url + (await codeOn(gateway, name));
  const small = await openPage(t, { url, viewport: phone, hasTouch: true });
  const large = await openPage(t, { url });
  const windows = [small, large];
  for (const { page } of windows) {
    await page.getByRole('heading', { level: 1, name: 'Xendit Sandbox' }).waitFor();
    await shows(page, 'Rp 15,000');
    await shows(page, live);
    const qr = page.getByRole('img', { name: 'QR code to pay Rp 15,000' });
    assert.match((await qr.getAttribute('src')) ?? '', /^data:image\/svg\+xml/);
    await picture(page, 'checkout-waiting');
  }
  await assertAccessible(large.page);
  const saving = large.page.waitForEvent('download');
  await large.page.getByRole('button', { name: 'Save QR code' }).click();
  const saved = await saving;
  assert.equal(saved.suggestedFilename(), `${name}.png`);
  assert.deepEqual((await readFile(await saved.path())).subarray(1, 4).toString(), 'PNG');

  const paid = windows.map(({ page }) => page.getByRole('heading', { name: 'Payment received' }).waitFor());
  const from = performance.now();
  await payCode(gateway, name);
  await Promise.all(paid);
  t.diagnostic(`both said so after ${Math.round(performance.now() - from)} ms`);
  for (const { page, complaints, asked } of windows) {
    assert.match(plain(await page.title()), /^Paid Rp 15,000 · Xendit Sandbox$/);
    assert.equal(plain(await page.getByRole('alert').textContent()), 'Payment received. Rp 15,000');
    assert.deepEqual([complaints, strangers(asked, gateway.url)], [[], []]);
    await picture(page, 'checkout-paid');
  }
  await assertAccessible(large.page);
  await large.page.reload();
  await large.page.getByRole('heading', { name: 'Payment received' }).waitFor();
});
