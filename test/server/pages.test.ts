import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGateway } from '../support/gateway.ts';

const pages = ['/', '/graphiql', `/checkout/${'x'.repeat(400)}`, '/console'];

test('each page comes with all that it is made of, compressed, to be kept, and run from here alone', async (t) => {
  const { url } = await startGateway(t);
  for (const path of pages) {
    const page = await fetch(url + path);
    const html = await page.text();
    assert.equal(page.status, 200, path);
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(page.headers.get('cache-control') ?? '', /no-store/);
    assert.equal(page.headers.get('cross-origin-opener-policy'), 'same-origin');
    assert.equal(page.headers.get('x-frame-options'), 'DENY');
    const policy = page.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none';script-src 'self';/);
    assert.equal(policy.includes('unsafe-inline'), path === '/graphiql');
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '';
    const asset = await fetch(url + script, { headers: { 'accept-encoding': 'gzip' } });
    await asset.text();
    assert.equal(asset.status, 200, `${path} ${script}`);
    assert.equal(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  }
});

test('it says what it is', async (t) => {
  const { url } = await startGateway(t, { PAGES: 'checkout' });
  const about = (await (await fetch(`${url}/about`)).json()) as object;
  assert.deepEqual(
    { ...about, version: '' },
    { mode: 'sandbox', isOpen: true, introspection: true, pages: ['checkout'], version: '' },
  );
});

test('pages that are not to be served are not there', async (t) => {
  const { url } = await startGateway(t, { PAGES: 'none' });
  for (const path of [...pages, '/assets/']) {
    const answer = await fetch(url + path);
    await answer.text();
    assert.equal(answer.status, 404, path);
  }
});
