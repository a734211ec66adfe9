import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createQueue, type QueueLimits } from '../../src/store/queue.ts';
import { delivered, payment } from './support.ts';

const roomy: QueueLimits = { groupSize: 10, groupBytes: 1_000, queueLimit: 10, queueBytes: 1_000 };

function open(limits: Partial<QueueLimits>) {
  const queue = createQueue({ ...roomy, ...limits });
  const add = (words: string) => {
    const report = delivered(words, [payment('py-1', 'PENDING')]);
    return queue.add({ report, resolve: () => undefined, reject: () => undefined });
  };
  const told = (group: ReturnType<typeof queue.takeAll>) =>
    group.map(({ report }) => new TextDecoder().decode(report.letter?.body));
  return {
    add,
    takeGroup: () => {
      const group = queue.takeGroup();
      queue.release(group);
      return told(group);
    },
    takeAll: () => told(queue.takeAll()),
    isEmpty: () => queue.length().reports === 0,
  };
}

test('a queue takes so many reports, and again as many as were taken from it', () => {
  const { add, takeGroup, takeAll, isEmpty } = open({ queueLimit: 3, groupSize: 2 });
  assert.deepEqual(['a', 'b', 'c', 'd'].map(add), [true, true, true, false]);
  assert.deepEqual(takeGroup(), ['a', 'b']);
  assert.deepEqual(['e', 'f', 'g'].map(add), [true, true, false]);
  assert.deepEqual(takeAll(), ['c', 'e', 'f']);
  assert.equal(isEmpty(), true);
});

test('a queue takes so many bytes, and again as many as were taken from it', () => {
  const { add, takeGroup, takeAll } = open({ queueBytes: 10, groupSize: 1 });
  assert.deepEqual(['xxxx', 'yyyyyy', 'z'].map(add), [true, true, false]);
  assert.deepEqual(takeGroup(), ['xxxx']);
  assert.deepEqual(['aaaaa', 'bbbb'].map(add), [false, true]);
  assert.deepEqual(takeAll(), ['yyyyyy', 'bbbb']);
  assert.equal(add('0123456789'), true);
});

test('a group has so many bytes at most, unless one alone has more', () => {
  const { add, takeGroup } = open({ groupBytes: 5 });
  for (const words of ['longer than five', 'aaa', 'bb', 'c', 'long again', 'd']) add(words);
  assert.deepEqual([1, 2, 3, 4, 5].map(takeGroup), [['longer than five'], ['aaa', 'bb'], ['c'], ['long again'], ['d']]);
});

test('of a resource nothing is taken while something of it is being committed, nor past what waits for that', () => {
  const queue = createQueue(roomy);
  const add = (words: string, ...ids: string[]) => {
    const report = delivered(
      words,
      ids.map((id) => payment(id, 'PENDING')),
    );
    queue.add({ report, resolve: () => undefined, reject: () => undefined });
  };
  const told = (group: ReturnType<typeof queue.takeAll>) =>
    group.map(({ report }) => new TextDecoder().decode(report.letter?.body));
  add('a1', 'a');
  add('a2', 'a');
  const first = queue.takeGroup();
  assert.deepEqual(told(first), ['a1', 'a2']);

  add('b1', 'b');
  add('ac1', 'a', 'c');
  add('c1', 'c');
  add('none');
  const second = queue.takeGroup();
  assert.deepEqual(told(second), ['b1', 'none']);
  assert.deepEqual([told(queue.takeGroup()), queue.underWay(), queue.length().reports], [[], 4, 2]);
  assert.equal(queue.mayGive(), false);

  queue.release(first);
  assert.equal(queue.mayGive(), true);
  assert.deepEqual(told(queue.takeGroup()), ['ac1', 'c1']);
  queue.release(second);
  assert.equal(queue.mayGive(), false);

  const third = [add('b2', 'b'), queue.takeGroup()][1] ?? [];
  add('b3', 'b');
  assert.deepEqual([told(queue.takeGroup()), queue.mayGive()], [[], false]);
  add('d1', 'd');
  assert.equal(queue.mayGive(), true);
  assert.deepEqual([told(third), told(queue.takeGroup())], [['b2'], ['d1']]);
});
