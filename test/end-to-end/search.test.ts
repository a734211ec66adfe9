import assert from 'node:assert/strict';
import { onSharedGateway, type TestGateway } from '../support/gateway.ts';
import { done, mutate, mutateById } from '../support/mutations.ts';
import { createRequest, newName, qris, simulate } from '../support/payments.ts';
import { createCode, payCode, sandboxOf } from '../support/qr-codes.ts';

const testTogether = onSharedGateway();

type List = 'paymentRequests' | 'payments' | 'paymentSessions' | 'qrCodes';

interface Listed {
  list: {
    edges: { cursor: string; node: { id: string; created: string } }[];
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
  };
}

const filterTypes: Record<List, string> = {
  paymentRequests: 'PaymentRequestFilter',
  payments: 'PaymentFilter',
  paymentSessions: 'PaymentSessionFilter',
  qrCodes: 'QrCodeFilter',
};

function search(gateway: TestGateway, list: List, variables: object) {
  return gateway.ask<Listed>(
    `query ($filter: ${filterTypes[list]}, $first: Int = 100, $after: Cursor) {
      list: ${list}(filter: $filter, first: $first, after: $after) {
        edges { cursor node { id created } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`,
    variables,
  );
}

async function found(gateway: TestGateway, list: List, filter: object): Promise<string[]> {
  const { data, errors } = await search(gateway, list, { filter });
  return data?.list.edges.map(({ node }) => node.id) ?? assert.fail(JSON.stringify(errors));
}

/** The ids of these, of all that a search finds. */
async function foundOf(gateway: TestGateway, list: List, filter: object, among: string[]): Promise<string[]> {
  return (await found(gateway, list, filter)).filter((id) => among.includes(id));
}

const account = { virtualAccount: { code: 'BRI_VIRTUAL_ACCOUNT', displayName: 'Siti' } };
const gcash = { ewallet: { code: 'GCASH' } };

testTogether(
  'requests and payments are found by status, reference, channel, currency, amount and time',
  async (_t, gateway) => {
    const reference = newName('found');
    const make = async (changes: object) =>
      (await createRequest(gateway, { idempotencyKey: newName('key'), ...changes })).id;
    const small = await make({ referenceId: reference, kind: { pay: { amount: '1000.5', channel: qris } } });
    const large = await make({ kind: { pay: { amount: '900000', channel: account } } });
    const pesos = await make({ country: 'PH', currency: 'PHP', kind: { pay: { amount: '1000.5', channel: gcash } } });
    const open = await make({ kind: { reusablePaymentCode: { channel: qris } } });
    const gone = await make({ referenceId: reference });
    await mutateById(gateway, 'cancelPaymentRequest', 'paymentRequest { id }', gone);
    for (const id of [small, large, pesos]) await simulate(gateway, id);
    await simulate(gateway, open, '70000');

    const all = [small, large, pesos, open, gone];
    const times = (await search(gateway, 'paymentRequests', {})).data?.list.edges ?? [];
    const createdOf = (id: string) => times.find(({ node }) => node.id === id)?.node.created;
    const requests: [filter: object, expected: string[]][] = [
      [{}, all],
      [{ statuses: ['SUCCEEDED'] }, [small, large, pesos]],
      [{ statuses: ['CANCELED', 'ACCEPTING_PAYMENTS'] }, [open, gone]],
      [{ statuses: [] }, []],
      [{ referenceId: reference }, [small, gone]],
      [{ referenceId: reference, statuses: ['SUCCEEDED'] }, [small]],
      [{ channelCode: 'QRIS' }, [small, open, gone]],
      [{ currency: 'PHP' }, [pesos]],
      [{ minAmount: '1000.50', maxAmount: '1000.5' }, [small, pesos]],
      [{ minAmount: '15000.01' }, [large]],
      [{ maxAmount: '1e3' }, []],
      [{ createdFrom: createdOf(large), createdTo: createdOf(open) }, [large, pesos, open]],
      [{ createdFrom: '2999-01-01T00:00:00Z' }, []],
      [{ referenceId: "'; DROP TABLE x" }, []],
    ];
    for (const [filter, expected] of requests) {
      const ids = await foundOf(gateway, 'paymentRequests', filter, all);
      assert.deepEqual(ids, expected.toReversed(), JSON.stringify(filter));
    }

    const paymentOf = async (id: string) => {
      const { data } = await gateway.ask<{ paymentRequest: { latestPayment: { id: string } } }>(
        'query ($id: ID!) { paymentRequest(id: $id) { latestPayment { id } } }',
        { id },
      );
      return data?.paymentRequest.latestPayment.id ?? '';
    };
    const paid = await Promise.all([small, large, pesos, open].map(paymentOf));
    const [ofSmall = '', ofLarge = '', ofPesos = '', ofOpen = ''] = paid;
    const payments: [filter: object, expected: string[]][] = [
      [{ statuses: ['SUCCEEDED'] }, [ofSmall, ofLarge, ofPesos, ofOpen]],
      [{ statuses: ['FAILED', 'UNKNOWN'] }, []],
      [{ referenceId: reference }, [ofSmall]],
      [{ channelCode: 'QRIS', minAmount: '70000' }, [ofOpen]],
      [{ currency: 'PHP', maxAmount: '1000.5' }, [ofPesos]],
      [{ minAmount: '900000' }, [ofLarge]],
    ];
    for (const [filter, expected] of payments) {
      const ids = await foundOf(gateway, 'payments', filter, paid);
      assert.deepEqual(ids, expected.toReversed(), JSON.stringify(filter));
    }
  },
);

testTogether('sessions and codes are found too', async (_t, gateway) => {
  const session = async (referenceId: string, amount: string) => {
    const input = { referenceId, sessionType: 'PAY', mode: 'PAYMENT_LINK', amount, currency: 'IDR', country: 'ID' };
    const result = await mutate<{ paymentSession: { id: string } }>(
      gateway,
      'createPaymentSession',
      'paymentSession { id }',
      { ...input, idempotencyKey: newName('key') },
    );
    return done(result.paymentSession, result).id;
  };
  const [first, second] = [await session('cart-1', '20000'), await session('cart-2', '30000')];
  await sandboxOf(gateway).payer.completeSession(first, { channel_code: 'DANA' });
  assert.deepEqual(await found(gateway, 'paymentSessions', {}), [second, first]);
  assert.deepEqual(await found(gateway, 'paymentSessions', { statuses: ['COMPLETED'] }), [first]);
  assert.deepEqual(await found(gateway, 'paymentSessions', { referenceId: 'cart-2', minAmount: '30000' }), [second]);

  const paid = await createCode(gateway, 'code-1');
  const counter = await createCode(gateway, 'code-2', 'STATIC');
  await payCode(gateway, 'code-1');
  await sandboxOf(gateway).idle();
  assert.deepEqual(await found(gateway, 'qrCodes', {}), [counter.id, paid.id]);
  assert.deepEqual(await found(gateway, 'qrCodes', { statuses: ['INACTIVE'] }), [paid.id]);
  assert.deepEqual(await found(gateway, 'qrCodes', { externalId: 'code-2' }), [counter.id]);
  assert.deepEqual(await found(gateway, 'qrCodes', { minAmount: '1' }), [paid.id]);
});

testTogether('pages follow each other without gaps, also while new ones come', async (_t, gateway) => {
  const referenceId = newName('many');
  const made: string[] = [];
  const make = async () =>
    made.unshift((await createRequest(gateway, { referenceId, idempotencyKey: newName('key') })).id);
  for (let count = 0; count < 7; count += 1) await make();
  const expected = [...made];
  const filter = { referenceId };
  const pages: string[][] = [];
  let after: string | null = null;
  do {
    const { data }: Awaited<ReturnType<typeof search>> = await search(gateway, 'paymentRequests', {
      filter,
      first: 3,
      after,
    });
    const { edges, pageInfo } = data?.list ?? assert.fail('no page');
    assert.deepEqual(
      [pageInfo.hasPreviousPage, pageInfo.startCursor, pageInfo.endCursor],
      [after !== null, edges[0]?.cursor, edges.at(-1)?.cursor],
    );
    pages.push(edges.map(({ node }) => node.id));
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    await make();
  } while (after !== null);
  assert.deepEqual(
    pages.map(({ length }) => length),
    [3, 3, 1],
  );
  assert.deepEqual(pages.flat(), expected);
});

testTogether('a cursor of another list, or of nobody, is refused', async (_t, gateway) => {
  await createRequest(gateway);
  const { data } = await search(gateway, 'paymentRequests', { first: 1 });
  const [{ cursor } = assert.fail('nothing found')] = data?.list.edges ?? [];
  const refused: [list: List, after: string][] = [
    ['payments', cursor],
    ['paymentSessions', cursor],
    ['qrCodes', cursor],
    ['paymentRequests', 'forged'],
    ['paymentRequests', `${cursor.slice(0, -2)}xx`],
    ['paymentRequests', ''],
  ];
  for (const [list, after] of refused) {
    const { errors } = await search(gateway, list, { after });
    assert.equal(errors?.[0]?.extensions.code, 'CURSOR_INVALID', `${list} after ${after}`);
  }
  assert.equal((await search(gateway, 'paymentRequests', { after: cursor })).errors, undefined);
});

testTogether('a page or an amount that can not be is refused with its place', async (_t, gateway) => {
  const wrong: [variables: object, path: string[]][] = [
    [{ first: 0 }, ['first']],
    [{ first: 101 }, ['first']],
    [{ filter: { minAmount: 'much' } }, ['filter', 'minAmount']],
    [{ filter: { maxAmount: '' } }, ['filter', 'maxAmount']],
  ];
  for (const list of Object.keys(filterTypes) as List[]) {
    for (const [variables, path] of wrong) {
      const { errors } = await search(gateway, list, variables);
      const fields = errors?.[0]?.extensions.fields as { path: string[] }[] | undefined;
      assert.deepEqual([errors?.[0]?.extensions.code, fields?.map((field) => field.path)], ['INVALID_INPUT', [path]]);
    }
  }
});
