import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startGateway } from './support/gateway.ts';

const root = join(import.meta.dirname, '..');

test('what the README has to paste works in its order', async (t) => {
  const gateway = await startGateway(t);
  const text = await readFile(join(root, 'README.md'), 'utf8');
  const blocks = [...text.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  const [create = '', query = '', watch = '', pay = ''] = blocks;
  assert.equal(blocks.length, 4);
  const created = await gateway.ask<{ createQrCode: { qrCode: { status: string } } }>(create);
  assert.equal(created.data?.createQrCode.qrCode.status, 'ACTIVE');
  assert.partialDeepStrictEqual(await gateway.ask<never>(query), {
    data: { qrCode: { status: 'ACTIVE', amount: { amount: '15000' }, qris: { isChecksumValid: true } } },
  });
  const changes = gateway.subscribe<{ qrCodeChanged: { kind: string } }>(watch);
  assert.equal((await changes.next())?.qrCodeChanged.kind, 'SNAPSHOT');
  const paid = await gateway.ask<{ simulateQrPayment: { qrPayment: { status: string } } }>(pay);
  assert.equal(paid.data?.simulateQrPayment.qrPayment.status, 'COMPLETED');
  assert.equal((await changes.next())?.qrCodeChanged.kind, 'PAYMENT');
});

test('the demo plays the whole story and says each step', async (t) => {
  const gateway = await startGateway(t);
  const child = spawn(process.execPath, [join(root, 'src/demo.ts')], {
    env: { PATH: process.env.PATH, PORT: new URL(gateway.url).port },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    printed += part;
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 0, printed);
  const steps = printed
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0]);
  assert.deepEqual(steps, ['gateway', 'created', 'to', 'drawn', 'told', 'paid', 'told', 'complete', 'stored', 'done']);
});
