import assert from 'node:assert/strict';
import type { TestGateway } from '../support/gateway.ts';
import { mutate } from '../support/mutations.ts';
import { onShared, paidRequest, qris, startOnClock } from '../support/payments.ts';

const testOnClock = onShared(startOnClock);

const dayMs = 24 * 3_600_000;

interface Balances {
  cash: { amount: string; currency: string | null; accountType: string };
  holding: { amount: string };
  foreign: { amount: string; currency: string };
}

const balances = /* GraphQL */ `
  {
    cash: balance { amount currency accountType }
    holding: balance(accountType: HOLDING) { amount }
    foreign: balance(currency: "PHP") { amount currency }
  }
`;

async function balancesOf(gateway: TestGateway): Promise<Balances> {
  const { data, errors } = await gateway.ask<Balances>(balances);
  return data ?? assert.fail(JSON.stringify(errors));
}

testOnClock('what is paid is held until it settles, and then it is in the balance', async (_t, { gateway, clock }) => {
  assert.deepEqual(await balancesOf(gateway), {
    cash: { amount: '0', currency: null, accountType: 'CASH' },
    holding: { amount: '0' },
    foreign: { amount: '0', currency: 'PHP' },
  });
  const { paymentId } = await paidRequest(gateway);
  assert.partialDeepStrictEqual(await balancesOf(gateway), {
    cash: { amount: '0' },
    holding: { amount: '14883.45' },
  });
  await clock.advance(2 * dayMs);
  assert.partialDeepStrictEqual(await balancesOf(gateway), {
    cash: { amount: '14883.45' },
    holding: { amount: '0' },
  });
  const { data } = await gateway.ask<object>(
    'query ($id: ID!) { payment(id: $id) { transaction { settlementStatus fee { status } } } }',
    { id: paymentId },
  );
  assert.deepEqual(data, { payment: { transaction: { settlementStatus: 'SETTLED', fee: { status: 'COMPLETED' } } } });
});

interface Transactions {
  transactions: {
    edges: { cursor: string; node: { id: string; type: string; amount: { amount: string } } }[];
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null };
  };
}

const page = /* GraphQL */ `
  query ($filter: TransactionFilter, $first: Int, $after: Cursor) {
    transactions(filter: $filter, first: $first, after: $after) {
      edges { cursor node { id type amount { amount } payment { id } } }
      pageInfo { hasNextPage hasPreviousPage endCursor }
    }
  }
`;

testOnClock(
  "transactions are paged by Xendit's own place and filtered in its words",
  async (_t, { gateway, clock }) => {
    await clock.advance(60_000);
    const begin = clock.now();
    const amounts = ['1000', '2000', '3000', '4000', '5000'];
    const paid: { id: string; paymentId: string }[] = [];
    for (const amount of amounts) {
      paid.push(await paidRequest(gateway, { kind: { pay: { amount, channel: qris } } }));
      await clock.advance(60_000);
    }
    const refund = { of: { paymentRequestId: paid[0]?.id }, reason: 'DUPLICATE', idempotencyKey: 'key' };
    await mutate(gateway, 'createRefund', 'refund { id }', refund);
    await clock.advance(1_000);

    const list = async (variables: object) => {
      const { data, errors } = await gateway.ask<Transactions>(page, variables);
      return data?.transactions ?? assert.fail(JSON.stringify(errors));
    };
    const pages: string[][] = [];
    let after: string | null = null;
    do {
      const { edges, pageInfo }: Transactions['transactions'] = await list({
        first: 2,
        after,
        filter: { createdFrom: new Date(begin).toISOString() },
      });
      assert.equal(pageInfo.hasPreviousPage, after !== null);
      pages.push(edges.map(({ node }) => `${node.type} ${node.amount.amount}`));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    assert.deepEqual(pages, [
      ['REFUND 1000', 'PAYMENT 5000'],
      ['PAYMENT 4000', 'PAYMENT 3000'],
      ['PAYMENT 2000', 'PAYMENT 1000'],
    ]);

    const found = async (filter: object) => (await list({ filter })).edges.map(({ node }) => node.amount.amount);
    assert.deepEqual(await found({ types: ['REFUND'] }), ['1000']);
    assert.deepEqual(await found({ amount: '3000' }), ['3000']);
    assert.deepEqual(await found({ productId: paid[1]?.paymentId }), ['2000']);
    assert.deepEqual(await found({ currency: 'PHP' }), []);
    const createdFrom = new Date(begin + 30_000).toISOString();
    const createdTo = new Date(begin + 3.5 * 60_000).toISOString();
    assert.deepEqual(await found({ types: ['PAYMENT'], createdFrom, createdTo }), ['4000', '3000', '2000']);

    const [first] = (await list({ first: 1 })).edges;
    const { data } = await gateway.ask<object>(
      'query ($id: ID!) { node(id: $id) { ... on Transaction { type } } nothing: node(id: "txn_nobody") { id } }',
      { id: first?.node.id },
    );
    assert.deepEqual(data, { node: { type: 'REFUND' }, nothing: null });

    const wrong: [variables: object, code: string, path: string[] | undefined][] = [
      [{ first: 51 }, 'INVALID_INPUT', ['first']],
      [{ filter: { amount: 'much' } }, 'INVALID_INPUT', ['filter', 'amount']],
      [{ after: 'forged' }, 'CURSOR_INVALID', undefined],
    ];
    for (const [variables, code, path] of wrong) {
      const { errors } = await gateway.ask(page, variables);
      const fields = errors?.[0]?.extensions.fields as { path: string[] }[] | undefined;
      assert.deepEqual([errors?.[0]?.extensions.code, fields?.[0]?.path], [code, path]);
    }
  },
);
