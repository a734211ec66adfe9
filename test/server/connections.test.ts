import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../../src/log.ts';
import { createConnections } from '../../src/server/connections.ts';
import { upTo } from '../support/figures.ts';

test('clients that come and go at the limit bring about one warning, which says what the limit is', () => {
  const lines: string[] = [];
  const log = createLog('info', { stream: { write: (line) => void lines.push(line) } });
  const connections = createConnections({ perAddress: 2, perCaller: 2, log });
  const leave = async () => undefined;
  connections.open('websocket', '192.0.2.1', leave);
  for (const _ of upTo(20)) {
    const forget = connections.open('websocket', '192.0.2.1', leave);
    assert.equal(connections.open('websocket', '192.0.2.1', leave), undefined);
    forget?.();
  }
  assert.equal(lines.length, 1);
  assert.partialDeepStrictEqual(JSON.parse(lines[0] ?? ''), { level: 'warn', most: 2, refused: 0 });
});
