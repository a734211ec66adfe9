import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readEvents } from '../../src/client/event-stream.ts';

const text =
  ':\n\nevent: next\ndata: {"a":"é✓"}\n\n:hello\r\nevent:next\r\ndata: 1\r\ndata:  2\r\n\r\nid: 7\revent: complete\rdata:\r\r';
const events = [
  { event: 'next', data: '{"a":"é✓"}' },
  { event: 'next', data: '1\n 2' },
  { event: 'complete', data: '' },
];

/** A body that arrives cut at these bytes. */
function bodyOf(cuts: number[]): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(`${text}:`);
  const ends = [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
  return ReadableStream.from(ends.map((end, n) => bytes.subarray(ends[n - 1] ?? 0, end)));
}

test('events are read as they were sent, wherever the network cuts them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(text.length + 3)), async (cuts) => {
      const read: object[] = [];
      for await (const event of readEvents(bodyOf(cuts), () => undefined)) read.push(event);
      assert.deepEqual(read, events);
    }),
  );
});
