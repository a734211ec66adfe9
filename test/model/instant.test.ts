import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { instantOf, isInstant, toInstant, toMilliseconds } from '../../src/model/instant.ts';

const spellings: [unknown, string | undefined][] = [
  ['2020-03-26T05:44:26+0800', '2020-03-25T21:44:26.000000000Z'],
  ['2022-02-16T06:01:07.322974428Z', '2022-02-16T06:01:07.322974428Z'],
  ['2022-02-16T06:01:07.3229744289Z', '2022-02-16T06:01:07.322974428Z'],
  ['2022-02-16T06:01:07.5Z', '2022-02-16T06:01:07.500000000Z'],
  ['2022-02-16T06:01:07Z', '2022-02-16T06:01:07.000000000Z'],
  ['2022-02-16T06:01:07', '2022-02-16T06:01:07.000000000Z'],
  ['2022-02-16 06:01:07', '2022-02-16T06:01:07.000000000Z'],
  ['2022-02-16t06:01:07z', '2022-02-16T06:01:07.000000000Z'],
  ['2022-02-16T06:01:07+07:00', '2022-02-15T23:01:07.000000000Z'],
  ['2022-02-16T06:01:07-03', '2022-02-16T09:01:07.000000000Z'],
  ['2022-02-16T06:01:07+23:59', '2022-02-15T06:02:07.000000000Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000000000Z'],
  ['2023-02-29T00:00:00Z', undefined],
  ['2020-02-30T00:00:00Z', undefined],
  ['2020-04-31T00:00:00Z', undefined],
  ['2020-13-01T00:00:00Z', undefined],
  ['2020-00-10T00:00:00Z', undefined],
  ['2020-01-01T24:00:00Z', undefined],
  ['2020-01-01T23:60:00Z', undefined],
  ['2020-01-01T00:00:00+24:00', undefined],
  ['2020-01-01T00:00:00+08:60', undefined],
  ['0000-01-01T00:00:00Z', undefined],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000000Z'],
  ['0001-01-01T00:00:00+01:00', undefined],
  ['9999-12-31T23:59:59-01:00', undefined],
  ['12020-01-01T00:00:00Z', undefined],
  ['2020-01-01', undefined],
  ['2020-01-01T00:00Z', undefined],
  ['2020-01-01T00:00:00 Z', undefined],
  ['yesterday', undefined],
  ['', undefined],
  [1_600_000_000, undefined],
  [null, undefined],
  [undefined, undefined],
];

for (const [text, instant] of spellings) {
  test(`${JSON.stringify(text)} as an instant is ${instant}`, () => assert.equal(toInstant(text), instant));
}

test('a date is an instant of the same millisecond', () => {
  assert.equal(instantOf(new Date('2022-02-16T06:01:07.322Z')), '2022-02-16T06:01:07.322000000Z');
});

const dates = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T00:00:00Z'),
  noInvalidDate: true,
});

test('an instant as most programs write it is what a date makes of it, and only an instant is one', () => {
  fc.assert(
    fc.property(dates, fc.integer({ min: 0, max: 999_999 }), (date, rest) => {
      const instant = toInstant(date.toISOString().replace('Z', `${String(rest).padStart(6, '0')}Z`));
      assert.ok(instant !== undefined && isInstant(instant));
      assert.equal(toMilliseconds(instant), new Date(instant).toISOString());
    }),
    { numRuns: 1_000 },
  );
  for (const other of ['2022-02-16T06:01:07.32297+0800', '2022-02-16T06:01:07.322Z', '', 1, null, new Date()])
    assert.equal(isInstant(other), false, String(other));
});

test('an instant is read as itself', () => {
  fc.assert(
    fc.property(dates, (date) => assert.equal(toInstant(instantOf(date)), instantOf(date))),
    { numRuns: 1_000 },
  );
});

test('the order of texts is the order of times, whatever offset they were told in', () => {
  const hours = fc.integer({ min: -12, max: 14 });
  fc.assert(
    fc.property(dates, dates, hours, hours, (a, b, aHours, bHours) => {
      const [one, other] = [toInstant(told(a, aHours)), toInstant(told(b, bHours))];
      if (one === undefined || other === undefined) return;
      assert.equal(Math.sign(a.getTime() - b.getTime()), one < other ? -1 : one > other ? 1 : 0);
    }),
    { numRuns: 1_000 },
  );
});

/** A time as a clock in another zone shows it. */
function told(date: Date, offsetHours: number): string {
  const local = new Date(date.getTime() + offsetHours * 3_600_000).toISOString().replace('Z', '');
  return `${local}${offsetHours < 0 ? '-' : '+'}${String(Math.abs(offsetHours)).padStart(2, '0')}00`;
}
