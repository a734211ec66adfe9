import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typeOfId, webhookEventPrefix } from '../../src/model/ids.ts';

const ids: [string, string | undefined][] = [
  ['qr_8182837te-87st-49ing-8696-1239bd4d759c', 'QrCode'],
  ['qrpy_8182837te-87st-49ing-8696-1239bd4d759c', 'QrPayment'],
  ['qrrf_1', 'Refund'],
  ['pr-90392f42-d98a-49ef-a7f3-abcezas123', 'PaymentRequest'],
  ['py-1402feb0-bb79-47ae-9d1e-e69394d3949c', 'Payment'],
  ['ddpy-3cd658ae-25b9-4659-aa36-596ae41a809f', 'Payment'],
  ['pymt-1', 'Payment'],
  ['ewc_532as23lew2321id', 'Payment'],
  ['ca_1', 'Payment'],
  ['cap-1', 'Capture'],
  ['cptr-6d4c8eba', 'Capture'],
  ['ps-661f87c614802d6c402cf82d', 'PaymentSession'],
  ['pt-cc3938dc-c2a5-43c4-89d7-7570793348c2', 'PaymentToken'],
  ['ptkn-1', 'PaymentToken'],
  ['pm-6ff0b6f2', 'PaymentToken'],
  ['rfd-6f4a377d', 'Refund'],
  ['ewr_1', 'Refund'],
  [`${webhookEventPrefix}0123456789abcdef`, undefined],
  ['QR_1', undefined],
  ['qr', undefined],
  ['order-1', undefined],
  ['', undefined],
];

for (const [id, type] of ids) {
  test(`${id || 'an empty id'} names ${type ?? 'nothing of the graph'}`, () => assert.equal(typeOfId(id), type));
}
