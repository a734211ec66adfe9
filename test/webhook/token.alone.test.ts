import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProof } from '../../src/webhook/token.ts';
import { percentile } from '../support/figures.ts';

/** Two accounts that are changing their tokens or not, as at Xendit. */
const lists = {
  owner: ['old', 'new', 'ключ'],
  ofAccounts: new Map([
    ['sub-a', ['a-1', 'a-2']],
    ['sub-b', ['b-1']],
  ]),
  areShared: false,
};

/** Proves a delivery to the owner of these tokens. */
function proveTo(...owner: string[]): (given: string | string[] | undefined) => void {
  const prove = createProof({ owner, ofAccounts: new Map(), areShared: false });
  return (given) => prove('', given);
}

const refused = { code: 'UNAUTHENTICATED', message: 'The callback token is absent or wrong' };

test('each of the tokens opens the door', () => {
  for (const token of ['old', 'new', 'ключ']) createProof(lists)('', token);
});

test('nothing else does', () => {
  const prove = proveTo('old', 'new');
  const wrong = [undefined, '', 'o', 'olD', 'old ', 'oldnew', 'old, new', 'old\0', ['old'], ['old', 'new'], []];
  for (const given of wrong) assert.throws(() => prove(given), refused, String(given));
});

test('a token proves a delivery to the account that it is of, and to no other', () => {
  const prove = createProof(lists);
  const holders = [['', lists.owner] as const, ...lists.ofAccounts];
  let count = 0;
  for (const account of ['', 'sub-a', 'sub-b', 'sub-c', '__proto__']) {
    for (const [holder, tokens] of holders) {
      for (const token of tokens) {
        if (account === holder) prove(account, token);
        else assert.throws(() => prove(account, token), refused, `${token} to ${account}`);
        count += 1;
      }
    }
  }
  assert.equal(count, 30);
});

test('in sandbox mode an account without tokens of its own has the owner’s, and one that has some does not', () => {
  const prove = createProof({ ...lists, areShared: true });
  prove('sub-c', 'old');
  prove('sub-a', 'a-1');
  for (const [account, token] of [
    ['sub-a', 'old'],
    ['sub-c', 'a-1'],
    ['', 'a-1'],
  ] as const) {
    assert.throws(() => prove(account, token), refused, `${token} to ${account}`);
  }
});

test('a token that was taken out of the list, as one that was stolen must be, opens nothing any more', () => {
  proveTo('stolen', 'new')('stolen');
  assert.throws(() => proveTo('new')('stolen'), refused);
  proveTo('new')('new');
});

test('where no token is known, none fits, and an empty one is none', () => {
  assert.throws(() => proveTo()('old'), refused);
  assert.throws(() => proveTo('')(''), refused);
  assert.throws(() => proveTo('')(undefined), refused);
  const prove = createProof({ owner: [], ofAccounts: new Map([['sub-a', ['']]]), areShared: true });
  for (const account of ['', 'sub-a', 'sub-b']) assert.throws(() => prove(account, ''), refused);
});

test('the refusal shows neither the token given nor those that are right', () => {
  const prove = proveTo('right');
  assert.throws(
    () => prove('wrong-one'),
    ({ message, stack }: Error) => !/right|wrong-one/.test(message) && !/right'|wrong-one/.test(stack ?? ''),
  );
});

/** Welch's t of two samples, in units of the standard error: beyond 2.6 they differ with a probability of 99 %. */
function differenceOf(one: readonly number[], other: readonly number[]): number {
  const mean = (all: readonly number[]) => all.reduce((sum, value) => sum + value, 0) / all.length;
  const error = (all: readonly number[]) =>
    all.reduce((sum, value) => sum + (value - mean(all)) ** 2, 0) / (all.length - 1) / all.length;
  return (mean(one) - mean(other)) / Math.sqrt(error(one) + error(other));
}

test('how long a refusal takes tells neither how much of the token was right nor whether there is such an account', (t) => {
  const right = 'k'.repeat(64);
  const ofAccounts = new Map([['sub-a', Array.from({ length: 200 }, (_, index) => `${index}${right}`)]]);
  const prove = createProof({ owner: ['old', right], ofAccounts, areShared: false });
  const wrong = 'x'.repeat(64);
  const guesses: Record<string, [account: string, guess: string]> = {
    early: ['', `x${right.slice(1)}`],
    late: ['', `${right.slice(0, -1)}x`],
    other: ['', wrong],
    account: ['sub-a', wrong],
    nobody: ['sub-z', wrong],
    anothers: ['sub-a', right],
  };
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(guesses).map((name) => [name, []]));
  for (let round = 0; round < 12_000; round += 1) {
    for (const [name, [account, guess]] of Object.entries(guesses)) {
      const startedAt = process.hrtime.bigint();
      assert.throws(() => prove(account, guess));
      // The first are slower, whatever they are.
      if (round >= 2_000) times[name]?.push(Number(process.hrtime.bigint() - startedAt));
    }
  }
  const medians = Object.entries(times).map(([name, all]) => [name, percentile(all, 0.5)] as const);
  // The slowest tenth are other work of the machine's.
  const quiet = (name: string) => (times[name] ?? []).toSorted((a, b) => a - b).slice(0, 9_000);
  t.diagnostic(`medians ${medians.flat().join(' ')} ns, t ${differenceOf(quiet('early'), quiet('late')).toFixed(2)}`);
  const all = medians.map(([, median]) => median);
  const spread = Math.max(...all) / Math.min(...all);
  assert.ok(spread < 1.25, `${spread}`);
  assert.ok(percentile(times.early ?? [], 0.99) < 5_000_000, 'within 5 ms');
});
