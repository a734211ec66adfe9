import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jwtSecret, signToken } from '../support/callers.ts';
import { hasPostgres, postgres } from '../support/database.ts';
import { clientOf } from '../support/gateway.ts';
import { freePort } from '../support/redis.ts';
import { startXendit } from '../support/xendit.ts';
import { readBlocks, runInShell } from './blocks.ts';

test('a gateway goes live as the document says, with a sandbox in the place of Xendit', async (t) => {
  if (!(await hasPostgres(t))) return;
  const languages = ['sh', 'sh', 'sh', 'graphql', 'graphql'];
  const [apiKey = '', start = '', listen = '', create = '', pay = ''] = await readBlocks(
    'docs/going-live.md',
    ...languages,
  );
  const { printed } = await runInShell(t, apiKey).ended;
  assert.match(printed, /shop:[0-9a-f]{64}:payments:read\+payments:write/);

  const { xendit, environment } = await startXendit(t);
  const database = await postgres(t);
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const filledIn = start
    .replace('xnd_development_…', 'xnd_development_rehearsal')
    .replace(/(XENDIT_CALLBACK_TOKENS=)…/, '$1sandbox-callback-token')
    .replace(/(AUTH_JWT_SECRET=)…/, `$1'${jwtSecret}'`)
    .replace('postgresql://…', `'${database.environment.DATABASE_URL}'`)
    .replace('https://pay.example.com', url);
  assert.ok(!filledIn.includes('…'));
  // What comes after it in the shell would not, if it found a problem.
  const examined = filledIn.replace('doctor', 'doctor || true');
  const places = { PORT: String(port), XENDIT_BASE_URL: environment.XENDIT_BASE_URL ?? '' };
  await runInShell(t, examined, places).until(new RegExp(`^ready +${url}/graphql$`, 'm'));
  xendit.webhookUrl = () => `${url}/webhooks/xendit`;

  const token = await signToken();
  const gateway = clientOf(t, url, token);
  assert.partialDeepStrictEqual(await gateway.ask<never>(create), {
    data: { createQrCode: { qrCode: { status: 'ACTIVE' } } },
  });
  const paid = { data: { simulateQrPayment: { qrPayment: { status: 'COMPLETED' } } } };
  assert.partialDeepStrictEqual(await gateway.ask<never>(pay), paid);
  await runInShell(t, listen, { XENDIT_GRAPHQL_URL: url, XENDIT_GRAPHQL_TOKEN: token }).until(/qr\.payment/);
});
