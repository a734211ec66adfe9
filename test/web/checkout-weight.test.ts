import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { testOnCheckout } from './checkout-support.ts';

const maxBytes = 120_000;

testOnCheckout('its script is light', async (t, { url }) => {
  const html = await (await fetch(`${url}/checkout/token`)).text();
  const scripts = [...html.matchAll(/(?:src|rel="modulepreload"[^>]* href)="([^"]+\.js)"/g)].map(([, path]) => path);
  assert.ok(scripts.length > 0);
  let bytes = 0;
  for (const path of scripts) bytes += gzipSync(await (await fetch(url + path)).arrayBuffer()).length;
  t.diagnostic(`${(bytes / 1_000).toFixed(1)} kB compressed, in ${scripts.length} files`);
  assert.ok(bytes < maxBytes, `${bytes} bytes`);
});
