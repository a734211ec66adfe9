import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCursors } from '../../src/model/cursor.ts';

const cursors = createCursors('secret');

for (const position of ['1', '4711.99', 'qrpy_d7d7c2ae-1a3c', 'Ünïcode ☂', ' ', '0'.repeat(300)]) {
  test(`the position ${position.slice(0, 20)} is read as it was written`, () => {
    const cursor = cursors.write('QrCode:qr_1', 'account', position);
    assert.equal(cursors.read('QrCode:qr_1', 'account', cursor), position);
    assert.match(cursor, /^[\w-]+$/);
  });
}

test('another instance with the same secret reads it', () => {
  assert.equal(createCursors('secret').read('activity', '', cursors.write('activity', '', '7.8')), '7.8');
});

const written = cursors.write('QrCode:qr_1', 'account', '12');
const invalid: [string, string, string, string][] = [
  ['of another stream', 'QrCode:qr_2', 'account', written],
  ['of another account', 'QrCode:qr_1', 'other', written],
  ['of the owner’s account', 'QrCode:qr_1', '', written],
  ['of another secret', 'QrCode:qr_1', 'account', createCursors('other').write('QrCode:qr_1', 'account', '12')],
  ['cut at its end', 'QrCode:qr_1', 'account', written.slice(0, -1)],
  ['cut at its beginning', 'QrCode:qr_1', 'account', written.slice(1)],
  ['made longer', 'QrCode:qr_1', 'account', `${written}MQ`],
  ['that goes on elsewhere', 'QrCode:qr_1', 'account', repositioned(written, '13')],
  ['without a position', 'QrCode:qr_1', 'account', repositioned(written, '')],
  ['of zeros', 'QrCode:qr_1', 'account', Buffer.alloc(14).toString('base64url')],
  ['of a word', 'QrCode:qr_1', 'account', 'cursor'],
  ['of nothing', 'QrCode:qr_1', 'account', ''],
  ['of what is no base64', 'QrCode:qr_1', 'account', '☂☂☂'],
];

for (const [which, stream, account, cursor] of invalid) {
  test(`a cursor ${which} is CURSOR_INVALID`, () => {
    assert.throws(() => cursors.read(stream, account, cursor), { code: 'CURSOR_INVALID' });
  });
}

test('stream and account can’t borrow from each other', () => {
  const cursor = cursors.write('a', 'bc', '1');
  assert.throws(() => cursors.read('ab', 'c', cursor), { code: 'CURSOR_INVALID' });
});

/** The same signature before another position. */
function repositioned(cursor: string, position: string): string {
  const signature = Buffer.from(cursor, 'base64url').subarray(0, 12);
  return Buffer.concat([signature, Buffer.from(position)]).toString('base64url');
}
