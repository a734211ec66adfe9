import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasPostgres, postgres } from '../support/database.ts';
import { clientOf } from '../support/gateway.ts';
import { createCode, payCode } from '../support/qr-codes.ts';
import { freePort } from '../support/redis.ts';
import { readBlocks, runInShell } from './blocks.ts';

test('two gateways on one database are one gateway', async (t) => {
  if (!(await hasPostgres(t))) return;
  const [start = ''] = await readBlocks('docs/several-instances.md', 'sh');
  const { environment } = await postgres(t);
  const [sandbox, first, second] = await Promise.all([freePort(), freePort(), freePort()]);
  const code = start
    .replace(/DATABASE_URL=\S+/, `DATABASE_URL=${environment.DATABASE_URL}`)
    .replaceAll('4010', String(sandbox))
    .replaceAll('4001', String(first))
    .replaceAll('4002', String(second));
  const running = runInShell(t, `${code}\nwait`, { SANDBOX_PORT: String(sandbox), REDIS_PREFIX: `docs-${first}` });
  await running.until(new RegExp(`^ready +http://localhost:${first}/graphql$`, 'm'));
  await running.until(new RegExp(`^ready +http://localhost:${second}/graphql$`, 'm'));
  const [one, other] = [first, second].map((port) => clientOf(t, `http://localhost:${port}`));
  assert.ok(one && other);

  await createCode(one, 'order-1');
  const changes = other.subscribe<{ qrCodeChanged: { kind: string } }>(
    'subscription { qrCodeChanged(externalId: "order-1") { kind } }',
  );
  assert.equal((await changes.next())?.qrCodeChanged.kind, 'SNAPSHOT');
  await payCode(one, 'order-1');
  assert.equal((await changes.next())?.qrCodeChanged.kind, 'PAYMENT');
});
