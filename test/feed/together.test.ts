import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { Together } from '../../src/feed/together.ts';

/** What was asked from a place, to be answered by the test, and what was told to those who stand there. */
function openLog() {
  const together = new Together<string>();
  const asked: { place: number; answer: PromiseWithResolvers<string> }[] = [];
  const told: string[] = [];
  const read = (
    who: string,
    place: number,
    onPage: (page: string) => unknown = (page) => told.push(`${who} ${page}`),
  ) =>
    together.read(place, {
      read() {
        const answer = Promise.withResolvers<string>();
        asked.push({ place, answer });
        return answer.promise;
      },
      onPage,
      onFault: (error) => told.push(`${who} ${(error as Error).message}`),
    });
  return { asked, told, read };
}

test('all who go on from one place at one moment are one read, and are told in their order', async () => {
  const { asked, told, read } = openLog();
  for (const who of ['a', 'b', 'c']) read(who, 7);
  read('d', 8);
  assert.equal(asked.length, 0);
  await Promise.resolve();
  assert.deepEqual(
    asked.map(({ place }) => place),
    [7, 8],
  );
  asked[1]?.answer.resolve('from 8');
  asked[0]?.answer.resolve('from 7');
  await asked[0]?.answer.promise;
  assert.deepEqual(told, ['d from 8', 'a from 7', 'b from 7', 'c from 7']);
});

test('who comes once a read has begun has one of his own, since that may not know what he was woken for', async () => {
  const { asked, told, read } = openLog();
  read('a', 7);
  await Promise.resolve();
  read('b', 7);
  await Promise.resolve();
  asked[1]?.answer.resolve('newer');
  asked[0]?.answer.resolve('older');
  await asked[0]?.answer.promise;
  assert.deepEqual(told, ['b newer', 'a older']);
});

test('who goes on while he is told is a part of the next read', async () => {
  const { asked, told, read } = openLog();
  read('a', 7, () => read('a', 8));
  read('b', 7);
  await Promise.resolve();
  asked[0]?.answer.resolve('from 7');
  await asked[0]?.answer.promise;
  await Promise.resolve();
  assert.deepEqual([told, asked.map(({ place }) => place)], [['b from 7'], [7, 8]]);
});

test('what goes wrong is told to all who asked', async () => {
  const { asked, told, read } = openLog();
  for (const who of ['a', 'b']) read(who, 7);
  await Promise.resolve();
  asked[0]?.answer.reject(new Error('away'));
  await asked[0]?.answer.promise.catch(() => undefined);
  assert.deepEqual(told, ['a away', 'b away']);
});

test('what is read for many is no part of what the first of them does', async () => {
  const { asked, read } = openLog();
  const parts = new AsyncLocalStorage<string>();
  const told: (string | undefined)[] = [];
  for (const who of ['a', 'b']) parts.run(who, () => read(who, 7, () => told.push(parts.getStore())));
  await Promise.resolve();
  asked[0]?.answer.resolve('from 7');
  await asked[0]?.answer.promise;
  assert.deepEqual(told, [undefined, undefined]);
});
