import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOperations } from '../../src/service/operations.ts';
import { createServices } from '../../src/service/service.ts';
import { openReads } from '../../src/store/reads.ts';
import { embedded } from '../support/database.ts';
import { openRooms } from './support.ts';

test('what another graph refers to, however much, is one look at the ledger, and Xendit isn’t asked', async (t) => {
  const { rooms, sandbox, database } = await openRooms(t, await embedded(t));
  let looks = 0;
  const reads = openReads({
    ...database,
    ask(question) {
      looks += 1;
      return database.ask(question);
    },
  });
  const service = createServices({ ...rooms, reads }, createOperations(rooms))('');
  const codes: { id: string; externalId: string }[] = [];
  for (const externalId of ['order-1', 'order-2', 'order-3']) {
    const { result } = await service.createQrCode({ externalId, type: 'STATIC' }, externalId);
    codes.push({ id: result.id, externalId });
  }
  const asked = sandbox.record.requests.length;
  looks = 0;
  const found = await Promise.all([
    ...codes.map(({ id }) => service.findReferred('QrCode', id)),
    ...codes.map(({ externalId }) => service.findReferredQrCode(externalId)),
  ]);
  const ids = codes.map(({ id }) => id);
  assert.deepEqual(
    found.map((one) => one?.id),
    [...ids, ...ids],
  );
  // One by ids, and one by the merchant’s names.
  assert.equal(looks, 2);
  assert.equal(sandbox.record.requests.length, asked);
});
