import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { openPage } from '../support/browser.ts';
import { newName } from '../support/payments.ts';
import { codeOn, shows, testOnCheckout } from './checkout-support.ts';

const maxBytes = 120_000;
/** What it takes on a machine that has nothing else to do is told beside it. */
const maxPaintMs = 5_000;

testOnCheckout('its script is light', async (t, { url }) => {
  const html = await (await fetch(`${url}/checkout/token`)).text();
  const scripts = [...html.matchAll(/(?:src|rel="modulepreload"[^>]* href)="([^"]+\.js)"/g)].map(([, path]) => path);
  assert.ok(scripts.length > 0);
  let bytes = 0;
  for (const path of scripts) bytes += gzipSync(await (await fetch(url + path)).arrayBuffer()).length;
  t.diagnostic(`${(bytes / 1_000).toFixed(1)} kB compressed, in ${scripts.length} files`);
  assert.ok(bytes < maxBytes, `${bytes} bytes`);
});

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
