import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { greet, type HandSocket } from '../server/support.ts';
import { embedded } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { clientOf } from '../support/gateway.ts';
import { runGateway } from '../support/process.ts';
import { askForCode } from '../support/qr-codes.ts';
import { qrPayment } from '../support/samples.ts';

const events = 10_000;
/** So many that what they cost stands out from what a late garbage collection does. */
const readers = 40;
/** Four kilobytes, so that the messages fill more than what the kernel holds for a connection. */
const metadata = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`key${index}`, 'x'.repeat(500)]));
const query = /* GraphQL */ `
  subscription ($after: Cursor) {
    change: qrCodeChanged(externalId: "counter", after: $after) { cursor version qrCode { metadata } }
  }
`;

interface Told {
  payload: { data: { change: { cursor: string; version: number } } };
}

function changesOf({ texts }: HandSocket) {
  const told = texts.filter((text) => text.includes('"type":"next"')).map((text) => JSON.parse(text) as Told);
  return told.map(({ payload }) => payload.data.change);
}

const needed = { skip: !existsSync('/proc/self/status') && 'the memory of a process is read in /proc' };

test(
  'readers that pause before ten thousand changes cost a bounded memory, and resume without loss',
  needed,
  async (t) => {
    const { environment } = await embedded(t);
    const running = runGateway(t, {
      ...environment,
      RECONCILE_EVERY_MS: '3600000',
      SLOW_READER_MS: '3000',
      LOG_LEVEL: 'info',
      // So that a growth is one of what is kept, not of what is yet to be collected; and to keep all would be the end of it.
      NODE_OPTIONS: '--max-semi-space-size=1 --max-old-space-size=128',
    });
    const { url } = await running.ready;
    const gateway = clientOf(t, url);
    const { qrCode } = await askForCode(gateway, { externalId: 'counter', type: 'STATIC', metadata });
    const code = { id: qrCode?.id ?? assert.fail(), externalId: 'counter' };
    const socketUrl = `${url.replace('http', 'ws')}/graphql`;
    const reader = await greet(t, socketUrl);
    reader.subscribe('1', query);
    await eventually('the present is told', () => reader.texts.length === 2);
    const after = changesOf(reader)[0]?.cursor;
    for (let start = 0; start < events; start += 250) {
      const batch = Array.from({ length: 250 }, (_, index) => `qrpy_${start + index}`);
      await Promise.all(batch.map((payment) => gateway.deliver(qrPayment(code, payment))));
    }
    await eventually('one who reads is told all', () => reader.texts.length === events + 2, 30_000);

    const before = await running.memory();
    const paused: HandSocket[] = [];
    for (let index = 0; index < readers; index += 1) {
      const own = await greet(t, socketUrl);
      own.socket.pause();
      own.subscribe('1', query, { after });
      paused.push(own);
    }
    let most = before;
    const areLetGo = async () => {
      most = Math.max(most, await running.memory());
      return running.errors().split('reads too slowly').length > readers;
    };
    await eventually('all are let go', areLetGo, 30_000);
    const grownMb = (most - before) / 1e6;
    t.diagnostic(`RSS + ${grownMb.toFixed(1)} MB at most for ${readers} paused readers`);

    const [slow = assert.fail()] = paused;
    slow.socket.resume();
    assert.equal((await slow.closed).code, 1013);
    const told = changesOf(slow);
    const again = await greet(t, socketUrl);
    again.subscribe('1', query, { after: told.at(-1)?.cursor });
    await eventually('the rest has come', () => again.texts.length === events - told.length + 1, 30_000);
    const versions = [...told, ...changesOf(again)].map(({ version }) => version);
    assert.deepEqual(
      versions,
      Array.from({ length: events }, (_, index) => index + 2),
    );
    t.diagnostic(`${told.length} before it was let go, ${events - told.length} after`);
    assert.ok(grownMb < readers, `${grownMb} MB`);
  },
);
