import assert from 'node:assert/strict';
import { typeOfId } from '../../src/model/ids.ts';
import type { ResourceType } from '../../src/model/status.ts';
import { testOnEachDatabase } from '../support/database.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { type Lifecycle, lifecycles } from '../support/lifecycles.ts';
import { marked, unmarked } from '../support/samples.ts';

const money = '{ amount currency }';
const common = 'status xenditStatus created metadata';
const whole = `${common} updated referenceId`;
const paid = `${whole} description amount ${money} channelCode channelProperties failureCode type country captureMethod`;
const list = '{ edges { node { id status } } }';

/** Everything that the graph shows of each type, without the version. */
const fieldsOf: Record<ResourceType, string> = {
  QrCode: `${common} updated description externalId type amount ${money} qrString channelCode expiresAt`,
  QrPayment: `${common} description externalId amount ${money} receiptId source channelCode payerName qrCode { id }`,
  PaymentRequest: `${paid} customerId paidAfterExpiry actions { descriptor value } paymentToken { id }
    latestPayment { id status } payments ${list} captures ${list}`,
  Payment: `${paid} customerId family captures { captureId amount ${money} capturedAt } paymentDetails
    paymentRequest { id status } paymentToken { id status failureCode } refunds ${list}`,
  Capture: `${whole} authorizedAmount ${money} capturedAmount ${money} failureCode paymentRequest { id }`,
  PaymentSession: `${whole} description sessionType mode amount ${money} country customerId locale expiresAt
    allowSavePaymentMethod allowedPaymentChannels channelProperties paymentLinkUrl
    paymentRequest { id status } payment { id } paymentToken { id status }`,
  PaymentToken: `${whole} description customerId country currency channelCode channelProperties
    actions { descriptor value } tokenDetails failureCode`,
  Refund: `${whole} amount ${money} reason paymentMethodType channelCode failureCode
    payment { id status } paymentRequest { id status }`,
};

interface Told {
  cursor: string;
  version: number;
  kind: string;
}

interface History {
  history: { edges: { node: Told }[] };
}

interface Seen {
  /** What the graph shows, without the version. */
  state: Record<string, unknown>;
  /** The changes, oldest first. */
  history: Told[];
}

/** What the graph tells of each of these, by its unmarked id. */
async function see(gateway: TestGateway, ids: string[], mark: string): Promise<Record<string, Seen>> {
  const seen: Record<string, Seen> = {};
  for (const id of ids) {
    const type = typeOfId(id) ?? assert.fail(id);
    const { data, errors } = await gateway.ask<{ node: Record<string, unknown> & History }>(
      `query ($id: ID!) { node(id: $id) { ... on ${type} {
        ${fieldsOf[type]} history(first: 100) { edges { node { cursor version kind } } }
      } } }`,
      { id: id + mark },
    );
    const { history, ...state } = data?.node ?? assert.fail(`${id}${mark}: ${JSON.stringify(errors)}`);
    seen[id] = { state: unmarked(state, mark), history: history.edges.map(({ node }) => node).reverse() };
  }
  return seen;
}

async function deliver(gateway: TestGateway, body: object): Promise<void> {
  const answer = await gateway.deliver(body);
  assert.equal(answer.status, 200, await answer.text());
}

function permutations<T>(all: T[]): T[][] {
  if (all.length < 2) return [all];
  return all.flatMap((one, index) => permutations(all.toSpliced(index, 1)).map((rest) => [one, ...rest]));
}

function versionsOf(seen: Record<string, Seen>): void {
  for (const [id, { history }] of Object.entries(seen)) {
    const versions = history.map(({ version }) => version);
    assert.deepEqual(
      versions,
      versions.map((_, index) => index + 1),
      `the versions of ${id}`,
    );
  }
}

const statesOf = (seen: Record<string, Seen>) => Object.entries(seen).map(([id, { state }]) => [id, state]);

/** Told in order, each delivery once: the state that all others must end in. */
async function tellInOrder(
  gateway: TestGateway,
  { deliveries, ends, changes }: Lifecycle,
  ids: string[],
  mark: string,
) {
  for (const body of deliveries) await deliver(gateway, marked(body, `${mark}plain`));
  const seen = await see(gateway, ids, `${mark}plain`);
  versionsOf(seen);
  for (const [id, end] of Object.entries(ends)) assert.partialDeepStrictEqual(seen[id]?.state, end, id);
  for (const [id, kinds] of Object.entries(changes)) {
    assert.equal(seen[id]?.history.map(({ kind }) => kind).join(' '), kinds, id);
  }
  return seen;
}

/** Ten times each, one after the other and all at once, and all of it once more. */
async function tellTenTimes(
  gateway: TestGateway,
  { deliveries }: Lifecycle,
  plain: Record<string, Seen>,
  mark: string,
) {
  const ids = Object.keys(plain);
  for (const body of deliveries) {
    for (let times = 0; times < 10; times += 1) await deliver(gateway, marked(body, `${mark}ten`));
  }
  const ten = await see(gateway, ids, `${mark}ten`);
  assert.deepEqual(statesOf(ten), statesOf(plain));
  assert.deepEqual(
    Object.values(ten).map(({ history }) => history.map(({ kind }) => kind)),
    Object.values(plain).map(({ history }) => history.map(({ kind }) => kind)),
  );
  const copies = deliveries.flatMap((body) => Array.from({ length: 10 }, () => body));
  await Promise.all(copies.map((body) => deliver(gateway, marked(body, `${mark}once`))));
  const once = await see(gateway, ids, `${mark}once`);
  versionsOf(once);
  assert.deepEqual(statesOf(once), statesOf(plain));

  await Promise.all(copies.map((body) => deliver(gateway, marked(body, `${mark}ten`))));
  assert.deepEqual(await see(gateway, ids, `${mark}ten`), ten, 'repeated deliveries change nothing');
}

async function tellInEveryOrder(
  gateway: TestGateway,
  { deliveries }: Lifecycle,
  plain: Record<string, Seen>,
  mark: string,
) {
  const ids = Object.keys(plain);
  await Promise.all(
    permutations(deliveries.map((_, index) => index)).map(async (order) => {
      const ownMark = mark + order.join('');
      for (const index of order) await deliver(gateway, marked(deliveries[index] ?? {}, ownMark));
      const seen = await see(gateway, ids, ownMark);
      assert.deepEqual(statesOf(seen), statesOf(plain), `in the order ${order.join()}`);
      versionsOf(seen);
      for (const [id, { history }] of Object.entries(seen)) {
        assert.ok(history.length >= 1 && history.length <= deliveries.length, `${id} has ${history.length} changes`);
      }
      if (deliveries.length > 3) return;
      for (const index of order) await deliver(gateway, marked(deliveries[index] ?? {}, ownMark));
      assert.deepEqual(await see(gateway, ids, ownMark), seen, `again in the order ${order.join()}`);
    }),
  );
}

testOnEachDatabase(
  'every lifecycle ends in one state, however often and in whatever order it is told',
  async (t, database) => {
    const gateway = await startGateway(t, {}, database);
    for (const [index, lifecycle] of lifecycles.entries()) {
      const mark = `~${index}-`; // several lifecycles are about the same ids
      await t.test(lifecycle.name, async () => {
        const ids = [...new Set([...Object.keys(lifecycle.ends), ...Object.keys(lifecycle.changes)])];
        const plain = await tellInOrder(gateway, lifecycle, ids, mark);
        await tellTenTimes(gateway, lifecycle, plain, mark);
        await tellInEveryOrder(gateway, lifecycle, plain, mark);
      });
    }
  },
);
