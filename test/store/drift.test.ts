import assert from 'node:assert/strict';
import { test } from 'node:test';
import { schemaDrift } from '../../prisma/drift.ts';

test('schema.prisma and the migrations say the same', async () => {
  assert.equal(await schemaDrift(), '');
});
