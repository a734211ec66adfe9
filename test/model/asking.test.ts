import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAgainAfterMs, isAskable } from '../../src/model/asking.ts';
import type { Family } from '../../src/model/resource.ts';
import type { ResourceType } from '../../src/model/status.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

type Asked = { type: ResourceType; id: string; status: string; family: Family | undefined };
const open: Asked = { type: 'PaymentRequest', id: 'pr-1', status: 'REQUIRES_ACTION', family: 'PAYMENTS_V3' };

const schedule: [name: string, ageMs: number, waitMs: number][] = [
  ['from the future, by a clock that is ahead', -minute, 4 * second],
  ['new', 0, 4 * second],
  ['not yet two minutes old', 2 * minute - 1, 4 * second],
  ['two minutes old', 2 * minute, 20 * second],
  ['fifteen minutes old', 15 * minute, 2 * minute],
  ['two hours old', 2 * hour, 15 * minute],
  ['a day old', day, hour],
  ['not yet a week old', 7 * day - 1, hour],
  ['a week old', 7 * day, 6 * hour],
  ['a month old', 30 * day, day],
  ['ten years old', 3_650 * day, day],
];

for (const [name, ageMs, waitMs] of schedule) {
  test(`what is open and ${name} is asked about after ${waitMs / second} s`, () =>
    assert.equal(askAgainAfterMs(open, ageMs), waitMs));
}

const often: [name: string, ageMs: number, quietMs: number, waitMs: number][] = [
  ['new', 0, 0, 4 * second],
  ['half an hour old and just paid', hour / 2, 0, 2 * minute],
  ['a week old and just paid', 7 * day, 0, 15 * minute],
  ['a year old and paid yesterday', 365 * day, day, hour],
  ['a year old and never paid', 365 * day, 365 * day, day],
];

for (const [name, ageMs, quietMs, waitMs] of often) {
  test(`a reusable code that is ${name} is asked about after ${waitMs / second} s`, () => {
    assert.equal(askAgainAfterMs({ ...open, status: 'ACCEPTING_PAYMENTS', isPaidOften: true }, ageMs, quietMs), waitMs);
  });
}

const closed: [ResourceType, string, string][] = [
  ['PaymentRequest', 'pr-1', 'EXPIRED'],
  ['PaymentRequest', 'pr-1', 'CANCELED'],
  ['Payment', 'py-1', 'FAILED'],
  ['PaymentSession', 'ps-1', 'EXPIRED'],
  ['Refund', 'rfd-1', 'CANCELLED'],
];

for (const [type, id, status] of closed) {
  test(`a ${type} that is ${status} is asked about hourly for a day, since money may come late`, () => {
    const one: Asked = { ...open, type, id, status };
    assert.deepEqual(
      [0, hour, day - 1, day].map((ageMs) => askAgainAfterMs(one, ageMs)),
      [hour, hour, hour, undefined],
    );
  });
}

const settled: [ResourceType, string, string][] = [
  ['QrCode', 'qr_1', 'INACTIVE'],
  ['PaymentRequest', 'pr-1', 'SUCCEEDED'],
  ['Payment', 'py-1', 'SUCCEEDED'],
  ['PaymentSession', 'ps-1', 'COMPLETED'],
  ['PaymentToken', 'pt-1', 'CANCELED'],
  ['Refund', 'rfd-1', 'SUCCEEDED'],
];

for (const [type, id, status] of settled) {
  test(`a ${type} that is ${status} is never asked about`, () => {
    assert.equal(askAgainAfterMs({ ...open, type, id, status }, 0), undefined);
  });
}

const askable: [ResourceType, string, Family | undefined, boolean][] = [
  ['QrCode', 'qr_1', 'QR_V1', true],
  ['QrCode', 'qr_1', 'QR_V2', true],
  ['PaymentRequest', 'pr-1', undefined, true],
  ['PaymentRequest', 'pr-1', 'PAYMENTS_V2', false],
  ['Payment', 'py-1', 'PAYMENTS_V3', true],
  ['Payment', 'ddpy-1', undefined, false],
  ['Payment', 'ewc_1', 'EWALLET', false],
  ['Payment', 'py-1', 'EWALLET', false],
  ['PaymentToken', 'pt-1', 'PAYMENTS_V3', true],
  ['PaymentToken', 'pm-1', 'PAYMENTS_V2', false],
  ['Refund', 'rfd-1', undefined, true],
  ['Refund', 'qrrf_1', undefined, true],
  ['Refund', 'qrrf_1', 'QR_V1', true],
  ['Refund', 'of-another-form', 'QR_V2', true],
  ['Refund', 'of-another-form', undefined, false],
  ['Refund', 'ewr_1', 'EWALLET', false],
  ['QrPayment', 'qrpy_1', 'QR_V1', false],
  ['Capture', 'cap-1', undefined, false],
];

for (const [type, id, family, isSo] of askable) {
  test(`Xendit can${isSo ? '' : 'not'} be asked about a ${type} ${id} of ${family ?? 'no known product'}`, () => {
    assert.equal(isAskable(type, id, family), isSo);
    const waitMs = askAgainAfterMs({ type, id, status: 'UNKNOWN', family }, 0);
    assert.equal(waitMs, isSo ? 4 * second : undefined);
  });
}
