import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Instant, toInstant } from '../../src/model/instant.ts';
import type { Fields } from '../../src/model/resource.ts';
import { openSearch, type Search, type SearchFilter, type SearchPlace } from '../../src/store/search.ts';
import { type TestDatabase, testOnEachDatabase } from '../support/database.ts';
import { answered, openStore, payment, type Store } from './support.ts';

interface Opened extends Store {
  search: Search;
}

async function openIt(t: TestContext, place: TestDatabase): Promise<Opened> {
  const store = await openStore(t, place);
  return { ...store, search: openSearch(store.database) };
}

function at(second: number, fraction = ''): Instant {
  return toInstant(`2024-01-01T00:00:${String(second).padStart(2, '0')}${fraction}Z`) ?? assert.fail();
}

async function found(search: Search, filter: SearchFilter, account = ''): Promise<string[]> {
  return (await search.find(account, 'Payment', filter, 100)).map(({ resource }) => resource.id);
}

/** All pages of a list, with something done between any two. */
async function paged(
  search: Search,
  filter: SearchFilter,
  limit: number,
  between: (page: number) => Promise<unknown> = async () => undefined,
): Promise<string[]> {
  const seen: string[] = [];
  let after: SearchPlace | undefined;
  for (let page = 0; ; page += 1) {
    const entries = await search.find('', 'Payment', filter, limit, after);
    seen.push(...entries.map(({ resource }) => resource.id));
    if (entries.length < limit) return seen;
    after = entries.at(-1)?.place;
    await between(page);
  }
}

const idr = (amount: string) => ({ amount, currency: 'IDR' });
const shop: [id: string, status: string, fields: Fields<'Payment'>][] = [
  [
    'py-1',
    'PENDING',
    { created: at(1), amount: idr('1000'), channelCode: 'QRIS', referenceId: 'a', paymentRequestId: 'pr-1' },
  ],
  ['py-2', 'FAILED', { created: at(2), amount: idr('1000.01'), channelCode: 'DANA', referenceId: 'a' }],
  [
    'py-3',
    'SUCCEEDED',
    { created: at(3), amount: idr('999999999999999999.99'), channelCode: 'QRIS', referenceId: 'b' },
  ],
  ['py-4', 'SUCCEEDED', { created: at(4), amount: { amount: '5', currency: 'PHP' }, paymentRequestId: 'pr-1' }],
  ['py-5', 'EXPIRED', { created: at(5) }],
];

const filters: [string, SearchFilter, string[]][] = [
  ['nothing', {}, ['py-5', 'py-4', 'py-3', 'py-2', 'py-1']],
  ['one status', { statuses: ['SUCCEEDED'] }, ['py-4', 'py-3']],
  ['several statuses', { statuses: ['PENDING', 'EXPIRED', 'SUCCEEDED'] }, ['py-5', 'py-4', 'py-3', 'py-1']],
  ['a status twice', { statuses: ['FAILED', 'FAILED'] }, ['py-2']],
  ['no status', { statuses: [] }, []],
  ['a status that there is none of', { statuses: ['CANCELED'] }, []],
  ['a reference', { reference: 'a' }, ['py-2', 'py-1']],
  ['a part of a reference', { reference: '' }, []],
  ['a parent', { parent: 'pr-1' }, ['py-4', 'py-1']],
  ['a channel', { channelCode: 'QRIS' }, ['py-3', 'py-1']],
  ['a currency', { currency: 'IDR' }, ['py-3', 'py-2', 'py-1']],
  ['a least amount', { minAmount: '1000.01' }, ['py-3', 'py-2']],
  ['a greatest amount', { maxAmount: '1000' }, ['py-4', 'py-1']],
  ['an amount beyond a double', { minAmount: '999999999999999999.99' }, ['py-3']],
  ['an amount just above it', { minAmount: '999999999999999999.991' }, []],
  ['a first time', { createdFrom: new Date('2024-01-01T00:00:03Z') }, ['py-5', 'py-4', 'py-3']],
  ['a last time', { createdTo: new Date('2024-01-01T00:00:03Z') }, ['py-3', 'py-2', 'py-1']],
  [
    'all of it',
    {
      statuses: ['SUCCEEDED', 'PENDING'],
      channelCode: 'QRIS',
      currency: 'IDR',
      minAmount: '1',
      reference: 'b',
      createdFrom: new Date(0),
    },
    ['py-3'],
  ],
  ['text that no row can hold', { reference: 'a\0' }, []],
  ['half a character', { parent: '\ud800' }, []],
];

testOnEachDatabase('each filter lets through what it says, newest first', async (t, place) => {
  const { ledger, search } = await openIt(t, place);
  await ledger.observe(answered(shop.map(([id, status, fields]) => payment(id, status, fields))));
  for (const [name, filter, expected] of filters) assert.deepEqual(await found(search, filter), expected, name);
});

testOnEachDatabase('what is found is the resource as it is now, digits and all', async (t, place) => {
  const { ledger, search, reads } = await openIt(t, place);
  const [, , large = assert.fail()] = shop;
  await ledger.observe(answered([payment(large[0], 'PENDING', large[2])]));
  await ledger.observe(answered([payment(large[0], 'SUCCEEDED', large[2], 1)]));
  const [only] = await search.find('', 'Payment', {}, 10);
  assert.deepEqual(only?.resource, (await reads.find({ account: '', type: 'Payment', id: large[0] }))?.resource);
  assert.equal(only?.resource.version, 2);
  assert.deepEqual(await found(search, { statuses: ['PENDING'] }), []);
});

testOnEachDatabase('no other account’s rows and no other type’s are found', async (t, place) => {
  const { ledger, search } = await openIt(t, place);
  const fields = { created: at(1), referenceId: 'order' };
  await ledger.observe(answered([payment('py-1', 'PENDING', fields)], 'mine'));
  await ledger.observe(answered([payment('py-2', 'PENDING', fields)], 'theirs'));
  await ledger.observe(answered([payment('py-3', 'PENDING', fields)]));
  await ledger.observe(answered([{ ...payment('pr-1', 'PENDING', fields), type: 'PaymentRequest' } as never], 'mine'));
  for (const filter of [{}, { reference: 'order' }, { statuses: ['PENDING', 'FAILED'] }]) {
    assert.deepEqual(await found(search, filter, 'mine'), ['py-1']);
    assert.deepEqual(await found(search, filter, 'theirs'), ['py-2']);
    assert.deepEqual(await found(search, filter), ['py-3']);
  }
});

const pagings: [string, SearchFilter][] = [
  ['without a filter', {}],
  ['of one status', { statuses: ['PENDING'] }],
  ['of several statuses', { statuses: ['PENDING', 'FAILED', 'CANCELED'] }],
];

for (const [name, filter] of pagings) {
  testOnEachDatabase(`pages ${name} hold each row once, also those of one moment`, async (t, place) => {
    const { ledger, search } = await openIt(t, place);
    const status = (n: number) => (filter.statuses?.length === 1 || n % 3 > 0 ? 'PENDING' : 'FAILED');
    // Most were made at the same moment; the last ones a microsecond apart.
    const times = [...Array(12).fill(at(1)), at(2, '.000001'), at(2, '.000002'), at(2, '.000003')];
    const made = times.map((created: Instant, n) =>
      payment(`py-${String(n).padStart(2, '0')}`, status(n), { created }),
    );
    await ledger.observe(answered(made));
    const expected = made.map(({ id }) => id).toReversed();
    for (const limit of [1, 2, 5, 15]) assert.deepEqual(await paged(search, filter, limit), expected, `by ${limit}`);
  });
}

testOnEachDatabase(
  'while rows are inserted, those that were there come once each and none is missed',
  async (t, place) => {
    const { ledger, search } = await openIt(t, place);
    const made = Array.from({ length: 20 }, (_, n) =>
      payment(`py-m${n}`, n % 2 ? 'PENDING' : 'FAILED', { created: at(10 + (n % 3)) }),
    );
    await ledger.observe(answered(made));
    const insert = (page: number) =>
      ledger.observe(
        answered([
          payment(`py-newer${page}`, 'PENDING', { created: at(50) }),
          payment(`py-a${page}`, 'PENDING', { created: at(11) }),
          payment(`py-z${page}`, 'FAILED', { created: at(11) }),
        ]),
      );
    const seen = await paged(search, { statuses: ['PENDING', 'FAILED'] }, 3, insert);
    assert.equal(new Set(seen).size, seen.length, 'none twice');
    assert.deepEqual(seen.filter((id) => id.startsWith('py-m')).toSorted(), made.map(({ id }) => id).toSorted());
    assert.ok(!seen.some((id) => id.startsWith('py-newer')), 'what is newer than the first page comes in no later one');
  },
);

testOnEachDatabase(
  'a resource whose making Xendit has not told of stands where it was first heard of',
  async (t, place) => {
    const { ledger, search } = await openIt(t, place);
    await ledger.observe(answered([{ ...payment('py-unknown', 'PENDING'), updated: undefined }]));
    await ledger.observe(answered([payment('py-known', 'PENDING', { created: at(1) })]));
    assert.deepEqual(await found(search, { createdFrom: new Date(Date.now() - 60_000) }), ['py-unknown']);
    await ledger.observe(answered([payment('py-unknown', 'PENDING', { created: at(0) })]));
    assert.deepEqual(await found(search, {}), ['py-known', 'py-unknown']);
  },
);
