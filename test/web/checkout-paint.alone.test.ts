import assert from 'node:assert/strict';
import { openPage } from '../support/browser.ts';
import { newName } from '../support/payments.ts';
import { codeOn, shows, testOnCheckout } from './checkout-support.ts';

/** Of the best of some, the gateway being warm by then. */
const maxPaintMs = 1_000;

testOnCheckout('it is painted soon, in a browser that knows nothing of it', async (t, gateway) => {
  const url = gateway.url + (await codeOn(gateway, newName('order')));
  const paints: number[] = [];
  const shown: number[] = [];
  for (let count = 0; count < 3; count += 1) {
    const { page, context } = await openPage(t, { url });
    await shows(page, 'Rp 15,000');
    shown.push(await page.evaluate('performance.now()'));
    paints.push(await page.evaluate('performance.getEntriesByName("first-contentful-paint")[0].startTime'));
    await context.close();
  }
  t.diagnostic(`painted after ${paints.map(Math.round)} ms, the amount shown after ${shown.map(Math.round)} ms`);
  assert.ok(Math.min(...paints) < maxPaintMs, String(paints));
});
