import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOperations } from '../../src/service/operations.ts';
import { createService } from '../../src/service/service.ts';
import type { Reads } from '../../src/store/reads.ts';
import { embedded } from '../support/database.ts';
import { openRooms } from './support.ts';

test('what another graph refers to, however much, is one look at the ledger, and Xendit isn’t asked', async (t) => {
  const { rooms, sandbox } = await openRooms(t, await embedded(t));
  const looks: string[] = [];
  const counted = (name: keyof Reads) => [
    name,
    (...given: unknown[]) => {
      looks.push(name);
      return (rooms.reads[name] as (...all: unknown[]) => unknown)(...given);
    },
  ];
  const names = Object.keys(rooms.reads) as (keyof Reads)[];
  const reads = Object.fromEntries(names.map(counted)) as Reads;
  const service = createService({ ...rooms, reads }, createOperations(rooms), '');
  const codes: { id: string; externalId: string }[] = [];
  for (const externalId of ['order-1', 'order-2', 'order-3']) {
    const { result } = await service.createQrCode({ externalId, type: 'STATIC' }, externalId);
    codes.push({ id: result.id, externalId });
  }
  const asked = sandbox.record.requests.length;
  looks.length = 0;
  const found = await Promise.all([
    ...codes.map(({ id }) => service.findReferred('QrCode', id)),
    ...codes.map(({ externalId }) => service.findReferredQrCode(externalId)),
  ]);
  const ids = codes.map(({ id }) => id);
  assert.deepEqual(
    found.map((one) => one?.id),
    [...ids, ...ids],
  );
  assert.deepEqual(looks.sort(), ['findMany', 'findManyByReference']);
  assert.equal(sandbox.record.requests.length, asked);
});
