import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Outbox } from '../../src/server/outbox.ts';

/** A reader whose connection takes what it is told to take; each text is as many bytes as it has letters. */
function open(t: TestContext, { maxBytes = 10, patienceMs = 1_000 } = {}) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const now = t.mock.method(performance, 'now', () => 0);
  const line = { isFree: true, written: [] as string[], asked: 0, slow: 0, progress: 0 };
  const pending: { text: string; done: (error?: Error | null) => void }[] = [];
  const connection = {
    write(text: string, done?: (error?: Error | null) => void) {
      if (done === undefined) {
        line.written.push(text);
        if (!line.isFree) pending.push({ text, done: () => undefined });
        return;
      }
      assert.equal(text, '');
      line.asked += 1;
      const last = pending.at(-1);
      if (last === undefined) queueMicrotask(done);
      else last.done = done;
    },
    get writableLength() {
      return pending.reduce((sum, { text }) => sum + text.length, 0);
    },
  };
  const outbox = new Outbox<string>(connection, {
    maxBytes,
    patienceMs,
    onSlow() {
      line.slow += 1;
    },
    onProgress() {
      line.progress += 1;
    },
  });
  t.after(() => outbox.close());
  return {
    line,
    outbox,
    /** The oldest leaves, or never will. */
    leave: (error?: Error) => pending.shift()?.done(error),
    pass(ms: number) {
      const then = performance.now() + ms;
      now.mock.mockImplementation(() => then);
      t.mock.timers.tick(ms);
    },
  };
}

test('what a connection takes at once is told at once, and nothing is asked about it', async (t) => {
  const { line, outbox } = open(t);
  assert.deepEqual([outbox.send('a'), outbox.send('b')], [true, true]);
  assert.equal(outbox.isBusy, false);
  await Promise.resolve();
  assert.deepEqual([line.written, line.asked, line.progress], [['a', 'b'], 0, 0]);
});

test('what has to wait leaves in its order, and no more is written than there is room for', async (t) => {
  const { line, outbox, leave } = open(t, { maxBytes: 4 });
  line.isFree = false;
  const sent = ['aaa', 'bbb', 'ccc', 'ddd'].map((text) => outbox.send(text));
  const left: string[] = [];
  sent.forEach((one, index) => {
    assert.ok(one instanceof Promise);
    void one.then((hasLeft) => left.push(`${index} ${hasLeft}`));
  });
  assert.deepEqual(line.written, ['aaa', 'bbb']);
  leave();
  assert.deepEqual(line.written, ['aaa', 'bbb', 'ccc']);
  leave();
  leave();
  leave();
  await Promise.all(sent);
  assert.deepEqual(left, ['0 true', '1 true', '2 true', '3 true']);
  assert.deepEqual([outbox.isBusy, line.progress], [false, 4]);
});

test('one that waits keeps its place before one that comes when there is room', async (t) => {
  const { line, outbox, leave } = open(t, { maxBytes: 3 });
  line.isFree = false;
  const waiting = [outbox.send('aaa'), outbox.send('bbb')];
  line.isFree = true;
  leave();
  assert.equal(outbox.send('ccc'), true);
  assert.deepEqual(
    [await Promise.all(waiting), line.written],
    [
      [true, true],
      ['aaa', 'bbb', 'ccc'],
    ],
  );
});

test('a message that has waited too long is told of once, however many wait, and one that leaves in time is not', async (t) => {
  const { line, outbox, leave, pass } = open(t, { patienceMs: 1_000 });
  line.isFree = false;
  const first = outbox.send('a');
  pass(900);
  const second = outbox.send('b');
  leave();
  await first;
  pass(100);
  assert.equal(line.slow, 0);
  pass(800);
  assert.equal(line.slow, 0);
  pass(100);
  assert.equal(line.slow, 1);
  outbox.close();
  assert.equal(await second, false);
  pass(10_000);
  assert.equal(line.slow, 1);
});

test('once it is closed nothing is sent, and nobody waits', async (t) => {
  const { line, outbox } = open(t, { maxBytes: 1 });
  line.isFree = false;
  const sent = [outbox.send('a'), outbox.send('b')];
  outbox.close();
  assert.deepEqual([await Promise.all(sent), outbox.send('c')], [[false, false], false]);
  assert.deepEqual([line.written, outbox.isBusy], [['a'], false]);
});

test('what a broken connection loses has not left', async (t) => {
  const { line, outbox, leave } = open(t);
  line.isFree = false;
  const sent = outbox.send('a');
  leave(new Error('reset'));
  assert.deepEqual([await sent, line.progress], [false, 0]);
});
