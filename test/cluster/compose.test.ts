import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { settings } from '../../src/config/settings.ts';
import { readConfig } from '../../src/config.ts';

test('compose.yaml sets what the gateway reads, to what it accepts', async () => {
  const text = await readFile(new URL('../../compose.yaml', import.meta.url), 'utf8');
  const lines = [...text.matchAll(/^ {4,6}([A-Z][A-Z_]+): (\S+)$/gm)].map(([, name = '', value = '']) => [name, value]);
  const names = new Set<string>(settings.map(({ name }) => name));
  assert.deepEqual(
    lines.filter(([name = '']) => !names.has(name)),
    [],
  );
  assert.ok(lines.length >= 12);
  const gateway = readConfig(Object.fromEntries(lines));
  assert.equal(gateway.xenditBaseUrl, 'http://sandbox:4010');
  assert.deepEqual(gateway.sandboxWebhookUrls, ['http://proxy:4000/webhooks/xendit']);
});
