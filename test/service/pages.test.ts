import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPage } from '../../src/service/pages.ts';

const entries = Array.from({ length: 150 }, (_, index) => index + 1);

/** A page of a list with that many entries. */
function pageOf(length: number, first: number, hasPreviousPage = false) {
  return readPage(
    first,
    hasPreviousPage,
    async (limit) => entries.slice(0, length).slice(0, limit),
    (node) => `c${node}`,
  );
}

const pages: [length: number, first: number, nodes: number, hasNextPage: boolean][] = [
  [0, 10, 0, false],
  [1, 1, 1, false],
  [2, 1, 1, true],
  [9, 10, 9, false],
  [10, 10, 10, false],
  [11, 10, 10, true],
  [150, 100, 100, true],
];

for (const [length, first, nodes, hasNextPage] of pages) {
  test(`the first ${first} of ${length} are ${nodes}, with ${hasNextPage ? 'more' : 'nothing'} to come`, async () => {
    const { edges, pageInfo } = await pageOf(length, first);
    assert.deepEqual(
      edges,
      entries.slice(0, nodes).map((node) => ({ cursor: `c${node}`, node })),
    );
    assert.deepEqual(pageInfo, {
      hasNextPage,
      hasPreviousPage: false,
      startCursor: nodes === 0 ? undefined : 'c1',
      endCursor: nodes === 0 ? undefined : `c${nodes}`,
    });
  });
}

test('a page after a cursor has one before it', async () => {
  assert.equal((await pageOf(3, 2, true)).pageInfo.hasPreviousPage, true);
});

for (const first of [0, -1, 101]) {
  test(`a page of ${first} is refused before anything is read`, async () => {
    const unread = () => assert.fail('read');
    await assert.rejects(readPage(first, false, unread, String), {
      code: 'INVALID_INPUT',
      fields: [{ path: ['first'], message: 'must be within 1 and 100' }],
    });
  });
}
