import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readQris } from '../../src/model/qris.ts';
import { writeQris } from '../../src/sandbox/emvco.ts';

test('a dynamic code names its amount and ends in its own checksum', () => {
  const qris = readQris(writeQris({ isStatic: false, amount: '1500.1', reference: 'abc' }));
  assert.ok(qris?.isChecksumValid);
  assert.equal(qris.pointOfInitiation, 'DYNAMIC');
  assert.equal(qris.amount, '1500.1');
  assert.equal(qris.currency, 'IDR');
  assert.equal(qris.countryCode, 'ID');
  assert.deepEqual(
    qris.merchantAccounts.map(({ tag, guid }) => [tag, guid]),
    [
      ['26', 'CO.XENDIT.WWW'],
      ['51', 'ID.CO.QRIS.WWW'],
    ],
  );
  assert.deepEqual(qris.additionalData, [{ tag: '05', value: 'abc' }]);
});

test('a static code names none', () => {
  const qris = readQris(writeQris({ isStatic: true, amount: undefined, reference: 'abc' }));
  assert.ok(qris?.isChecksumValid);
  assert.equal(qris.pointOfInitiation, 'STATIC');
  assert.equal(qris.amount, undefined);
});

test('the elements are those of a live code, checksum last', () => {
  const qris = readQris(writeQris({ isStatic: false, amount: '10000', reference: 'abc' }));
  const tags = ['00', '01', '26', '51', '52', '53', '54', '58', '59', '60', '61', '62', '63'];
  assert.deepEqual(
    qris?.fields.map(({ tag }) => tag),
    tags,
  );
});

test('the checksum is the one that a plain reading of the standard gives', () => {
  const text = writeQris({ isStatic: true, amount: undefined, reference: 'abc' });
  let crc = 0xffff;
  for (const byte of Buffer.from(text.slice(0, -4))) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      const isSet = ((crc >> 15) ^ (byte >> bit)) & 1;
      crc = ((crc << 1) ^ (isSet ? 0x1021 : 0)) & 0xffff;
    }
  }
  assert.equal(text.slice(-4), crc.toString(16).toUpperCase().padStart(4, '0'));
});
