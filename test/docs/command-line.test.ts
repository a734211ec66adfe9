import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder } from '../support/database.ts';
import { clientOf } from '../support/gateway.ts';
import { createCode } from '../support/qr-codes.ts';
import { readBlocks, runInShell } from './blocks.ts';

test('each command does what the document says, in its order', async (t) => {
  const languages = Array.from({ length: 7 }, () => 'sh');
  const [start = '', doctor = '', pay = '', trigger = '', listen = '', apiKey = '', replay = ''] = await readBlocks(
    'docs/command-line.md',
    ...languages,
  );
  const places = { PORT: '0', SANDBOX_PORT: '0', DATA_DIR: await temporaryFolder(t) };
  const [, url = ''] = await runInShell(t, start, places).until(/^ready +(\S+)\/graphql$/m);
  const gateway = clientOf(t, url);
  const there = { XENDIT_GRAPHQL_URL: url };
  const print = async (code: string, environment: Record<string, string> = there) => {
    const { code: exitCode, printed } = await runInShell(t, code, environment).ended;
    assert.equal(exitCode, 0, printed);
    return printed;
  };

  assert.match(await print(doctor, { ...places, DATA_DIR: await temporaryFolder(t) }), /node/i);
  await createCode(gateway, 'order-1');
  assert.match(await print(pay), /order-1/);
  assert.match(await print(trigger), /payment\.capture/);
  assert.match(await print(apiKey), /shop:[0-9a-f]{64}:/);
  const quarantined = await gateway.deliver('{"event":"payment.capture"');
  assert.equal(quarantined.status, 200);
  assert.match(await print(listen), /qr\.payment[\s\S]*APPLIED|APPLIED[\s\S]*qr\.payment/);
  const listed = await gateway.ask<{ webhookEvents: { edges: { node: { id: string } }[] } }>(
    '{ webhookEvents(filter: { outcomes: [QUARANTINED] }) { edges { node { id } } } }',
  );
  const id = listed.data?.webhookEvents.edges[0]?.node.id;
  assert.ok(id, JSON.stringify(listed));
  assert.match(await print(replay, { ...there, WEBHOOK_ID: id }), new RegExp(id));
});
