import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { playXendit } from './playing-xendit.ts';

const mebibyte = 1024 * 1024;
const hugeBytes = 200 * mebibyte;

/** Writes 200 MiB, as fast as they are taken. */
function pour(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const chunk = Buffer.alloc(mebibyte, ' ');
  let left = hugeBytes / mebibyte;
  const more = () => {
    while (left > 0 && !response.destroyed) {
      left -= 1;
      if (!response.write(chunk)) return;
    }
    response.end('{}');
  };
  response.on('drain', more);
  more();
}

test('an answer of 200 MiB, bare or in two wrappings, grows the process by five at most', async (t) => {
  const inTwoWrappings = gzipSync(gzipSync(Buffer.alloc(hugeBytes, ' ')));
  const server = await playXendit(t, (response, { url }) => {
    if (url === '/huge') return pour(response);
    const wrapping = url === '/wrapped' ? { 'content-encoding': 'gzip, gzip' } : {};
    response.writeHead(200, { 'content-type': 'application/json', ...wrapping });
    response.end(url === '/wrapped' ? inTwoWrappings : JSON.stringify({ text: 'x'.repeat(1.5 * mebibyte) }));
  });
  const script = join(import.meta.dirname, 'measuring.ts');
  // Large ones first, since a process grows with its first answers, whatever they are.
  const paths = ['/large', '/large', '/huge', '/huge', '/wrapped'];
  const { stdout } = await promisify(execFile)(process.execPath, [script, server.url, ...paths]);
  const seen = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { text: string; code: string; grownKiB: number });
  for (const { text, code, grownKiB } of seen) t.diagnostic(`${text} ${code}, grown by ${grownKiB} KiB`);
  assert.deepEqual(
    seen.map(({ code }) => code),
    ['answered', 'answered', 'UPSTREAM_PROTOCOL', 'UPSTREAM_PROTOCOL', 'UPSTREAM_PROTOCOL'],
  );
  const grownMiB = seen.slice(2).reduce((sum, { grownKiB }) => sum + grownKiB, 0) / 1024;
  assert.ok(grownMiB <= 5, `${grownMiB} MiB`);
});
