import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { crc16, type Qris, readQris } from '../../src/model/qris.ts';

const vietQr =
  '00020101021238600010A00000072701300006970454011688817610380890060208QRIBFTTA53037045802VN5405100006304C696';
const masked =
  '0002010102##########CO.XENDIT.WWW011893600#######14220002152#####414220010303TTT####015CO.XENDIT.WWW02180000000000000000000TTT52045######ID5911XenditQRIS6007Jakarta6105121606##########3k1mOnF73h11111111#3k1mOnF73h6v53033605401163040BDB';

/** A code of these elements, with its checksum. */
function toCode(...elements: (readonly [tag: string, value: string])[]): string {
  const body = elements.map(([tag, value]) => toElement(tag, value)).join('');
  return `${body}6304${crc16(`${body}6304`)}`;
}

function toElement(tag: string, value: string, length = [...value].length): string {
  return `${tag}${String(length).padStart(2, '0')}${value}`;
}

const indonesian = toCode(
  ['00', '01'],
  ['01', '12'],
  ['26', toElement('00', 'CO.XENDIT.WWW') + toElement('01', '936008140000000001')],
  ['51', toElement('00', 'ID.CO.QRIS.WWW') + toElement('02', 'ID1020000000001') + toElement('03', 'UMI')],
  ['52', '5812'],
  ['53', '360'],
  ['54', '15000.50'],
  ['58', 'ID'],
  ['59', 'Kopi Senja'],
  ['60', 'Jakarta'],
  ['61', '12160'],
  ['62', toElement('01', 'INV-1') + toElement('07', 'T1')],
);

test('the checksum is CRC-16/CCITT-FALSE', () => {
  assert.equal(crc16('123456789'), '29B1');
  assert.equal(crc16(''), 'FFFF');
  assert.equal(crc16(vietQr.slice(0, -4)), 'C696');
});

test('a QRIS code is read whole', () => {
  const qris = readQris(indonesian);
  assert.ok(qris);
  const { fields, ...read } = qris;
  assert.deepEqual(read, {
    pointOfInitiation: 'DYNAMIC',
    merchantName: 'Kopi Senja',
    merchantCity: 'Jakarta',
    postalCode: '12160',
    countryCode: 'ID',
    merchantCategoryCode: '5812',
    currencyNumeric: '360',
    currency: 'IDR',
    amount: '15000.5',
    merchantAccounts: [
      {
        tag: '26',
        guid: 'CO.XENDIT.WWW',
        fields: [
          { tag: '00', value: 'CO.XENDIT.WWW' },
          { tag: '01', value: '936008140000000001' },
        ],
      },
      {
        tag: '51',
        guid: 'ID.CO.QRIS.WWW',
        fields: [
          { tag: '00', value: 'ID.CO.QRIS.WWW' },
          { tag: '02', value: 'ID1020000000001' },
          { tag: '03', value: 'UMI' },
        ],
      },
    ],
    nmid: 'ID1020000000001',
    additionalData: [
      { tag: '01', value: 'INV-1' },
      { tag: '07', value: 'T1' },
    ],
    isChecksumValid: true,
  } satisfies Omit<Qris, 'fields'>);
  assert.equal(fields.map(({ tag }) => tag).join(' '), '00 01 26 51 52 53 54 58 59 60 61 62 63');
});

test('codes of other countries are read too', () => {
  const { countryCode, currency, amount, pointOfInitiation, isChecksumValid } = readQris(vietQr) ?? {};
  assert.deepEqual(
    { countryCode, currency, amount, pointOfInitiation, isChecksumValid },
    { countryCode: 'VN', currency: 'VND', amount: '10000', pointOfInitiation: 'DYNAMIC', isChecksumValid: true },
  );
});

test('each currency number has its letters, and a stranger none', () => {
  const table = { 360: 'IDR', 458: 'MYR', 608: 'PHP', 702: 'SGD', 704: 'VND', 764: 'THB', 999: undefined };
  for (const [number, letters] of Object.entries(table)) {
    assert.equal(readQris(toCode(['00', '01'], ['53', number]))?.currency, letters);
  }
});

test('a masked sample is read as far as it goes, and its checksum does not hold', () => {
  const qris = readQris(masked);
  assert.equal(qris?.isChecksumValid, false);
  assert.deepEqual(qris?.fields[0], { tag: '00', value: '01' });
});

test('one changed digit breaks the checksum', () => {
  assert.equal(readQris(vietQr.replace('10000', '90000'))?.isChecksumValid, false);
  assert.equal(readQris(vietQr.slice(0, -8))?.isChecksumValid, false);
  assert.equal(readQris(`${vietQr}\n`)?.isChecksumValid, false);
});

test('a checksum in small letters counts', () => {
  assert.equal(readQris(`${vietQr.slice(0, -4)}c696`)?.isChecksumValid, true);
});

test('text that is no payment code gives nothing', () => {
  for (const text of ['', 'hello', '8992761002015', 'https://xen.to/abc', '5802ID', '00', '0002', '000']) {
    assert.equal(readQris(text), undefined, text);
  }
});

test('lengths outside ASCII may count characters or bytes', () => {
  for (const length of [9, 10]) {
    const body = `000201${toElement('59', 'Kopi Café', length)}5802ID`;
    const qris = readQris(`${body}6304${crc16(`${body}6304`)}`);
    assert.deepEqual([qris?.merchantName, qris?.countryCode, qris?.isChecksumValid], ['Kopi Café', 'ID', true]);
  }
});

test('only plain decimal text is an amount', () => {
  const table = {
    '10000': '10000',
    '99.34': '99.34',
    '98.': '98',
    '1e5': undefined,
    '-5': undefined,
    'Rp 5': undefined,
  };
  for (const [text, amount] of Object.entries(table)) {
    assert.equal(readQris(toCode(['00', '01'], ['54', text]))?.amount, amount);
  }
});

test('words of the language are no currencies', () => {
  const qris = readQris(toCode(['00', '01'], ['01', '__proto__'], ['53', 'constructor'], ['51', '__proto__']));
  assert.equal(qris?.currency, undefined);
  assert.equal(qris?.pointOfInitiation, undefined);
});

test('no text makes it throw, and what was built is read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      readQris(text);
      readQris(`000201${text}`);
    }),
  );
  const tag = fc.integer({ min: 64, max: 99 }).map(String);
  const value = fc.string({ unit: fc.constantFrom('a', 'é', '漢', '7', '#'), maxLength: 33 });
  fc.assert(
    fc.property(fc.array(fc.tuple(tag, value), { maxLength: 8 }), (elements) => {
      const qris = readQris(toCode(['00', '01'], ...elements));
      assert.deepEqual(
        qris?.fields.slice(1, -1),
        elements.map(([tag, value]) => ({ tag, value })),
      );
      assert.equal(qris?.isChecksumValid, true);
    }),
  );
});
