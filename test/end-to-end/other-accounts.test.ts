import assert from 'node:assert/strict';
import { getNamedType } from 'graphql';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { acquire, type Belongings } from '../support/belongings.ts';
import { signToken } from '../support/callers.ts';
import type { Scope } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { figure, percentile, upTo } from '../support/figures.ts';
import { callbackToken, startGateway, type TestGateway } from '../support/gateway.ts';
import { type Line, linesWith, streaming, type Told, type Transport, transports } from '../support/lines.ts';
import { newName, onShared } from '../support/payments.ts';
import { type Position, positionsOf, selectionOf } from '../support/positions.ts';
import { questionAt, schema, sources } from '../support/questions.ts';
import { qrPayment } from '../support/samples.ts';
import { startXendit } from '../support/xendit.ts';

const accounts = ['sub-a', 'sub-b', ''] as const;
type Account = (typeof accounts)[number];
const labels: Record<Account, string> = { 'sub-a': 'amber', 'sub-b': 'birch', '': 'cedar' };
const tokens: Record<string, string> = { 'sub-a': 'token of amber', 'sub-b': 'token of birch', '': callbackToken };

/** Room for questions that ask for everything. */
const roomy = {
  GRAPHQL_MAX_CHARACTERS: '100000',
  GRAPHQL_MAX_TOKENS: '5000',
  GRAPHQL_MAX_DEPTH: '100',
  GRAPHQL_MAX_SELECTIONS: '5000',
  GRAPHQL_MAX_ALIASES: '5000',
  GRAPHQL_MAX_COST: '1000000',
  OPERATIONS_PER_MINUTE: '1000000',
};

interface Resident {
  account: Account;
  lines: Record<Transport, Line>;
  own: Belongings;
}

interface Street {
  gateway: TestGateway;
  xendit: Sandbox;
  residents: Record<Account, Resident>;
}

/** A gateway whose three accounts each have something of each kind. */
async function settle(t: Scope): Promise<Street> {
  const { xendit, environment } = await startXendit(t, { callbackToken: (account) => tokens[account] ?? '' });
  const gateway = await startGateway(t, {
    ...environment,
    ...roomy,
    ACCOUNT_CALLBACK_TOKENS: ['sub-a', 'sub-b'].map((account) => `${account}=${tokens[account]}`).join(),
  });
  xendit.webhookUrl = (account) => `${gateway.url}/webhooks/xendit${account && `/${account}`}`;
  const residents = {} as Record<Account, Resident>;
  for (const account of accounts) {
    const token = await signToken({ sub: 'shop', account: account || undefined });
    const lines = linesWith(t, gateway.url, token);
    const own = await acquire(lines.HTTP, xendit, (to, body) => deliver(gateway, to, body), account, labels[account]);
    residents[account] = { account, lines, own };
  }
  return { gateway, xendit, residents };
}

async function deliver(gateway: TestGateway, account: string, body: object): Promise<void> {
  const headers = { 'x-callback-token': tokens[account] ?? '' };
  const { status } = await gateway.deliver(body, headers, `/webhooks/xendit${account && `/${account}`}`);
  assert.equal(status, 200);
}

/** The transports that a position is tried on by a pair. What is made is there from then on: by each pair on another one. */
function transportsOf(position: Position, pair: number): readonly Transport[] {
  if (position.parent === 'Subscription') return streaming;
  if (!isCreation(position)) return transports;
  return [transports[(pair + positions.indexOf(position)) % transports.length] ?? 'HTTP'];
}

const testOnStreet = onShared(settle);

interface Asked {
  asked?: {
    cursor?: string;
    edges?: { cursor: string }[];
    __typename?: string;
    CreateQrCodePayload_alreadyProcessed?: boolean;
  };
}

/** What its owner would put at a position. */
async function valueAt(position: Position, { lines, own }: Resident): Promise<string> {
  const source = sources[position.name] ?? assert.fail(`nothing is tried at ${position.name}`);
  if (source !== 'CURSOR') return source(own);
  const isActivity = position.name === 'Subscription.activity(after)';
  const given = isActivity ? positionAt('Query.activity(after)') : position;
  const told = await ask(lines, given, own, undefined);
  const asked = (told.data?.asked ?? told.data?.node?.asked) as Asked['asked'];
  return (
    asked?.cursor ?? asked?.edges?.[0]?.cursor ?? assert.fail(`${position.name}: ${JSON.stringify(told).slice(0, 500)}`)
  );
}

const positions = positionsOf(schema);

function positionAt(wanted: string): Position {
  return positions.find((one) => one.name === wanted) ?? assert.fail(`there is no ${wanted}`);
}

type Answer = Told<{ asked?: unknown; node?: { asked?: unknown } }>;

function ask(
  lines: Resident['lines'],
  position: Position,
  own: Belongings,
  value: string | undefined,
  transport: Transport = position.parent === 'Subscription' ? 'WebSocket' : 'HTTP',
): Promise<Answer> {
  const { query, variables } = questionAt(position, own, value);
  return lines[transport].ask(query, variables);
}

/** Looks like it, and is nobody's. */
function nobodys(value: string, label: string, by: string): string {
  if (value.includes(label)) return value.replace(label, `nobody-of-${by || 'owner'}`);
  return /^[a-z]+[-_]/.test(value)
    ? `${value.slice(0, -4)}0000`
    : `${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`;
}

/** An answer in words, without what differs from request to request and without the value that was tried. */
function wordsOf({ data, errors }: Answer, value: string): string {
  return JSON.stringify({ data, errors })
    .replaceAll(/"(\w*requestId)":"[^"]*"/g, '"$1":""')
    .replaceAll(JSON.stringify(value).slice(1, -1), 'VALUE');
}

/** What came to be is of the caller's own: of it only its type is the same for both, and whether it was there. */
function outcomeOf(words: string): string {
  const [payload] = /"__typename":"\w+Payload"/.exec(words) ?? [];
  if (payload === undefined) return words;
  return `${payload} ${/alreadyProcessed":(true|false)/.exec(words)?.[1]}`;
}

/** Everything that an account has, and all that was ever told of it, as its owner is shown it. */
async function estateOf({ lines, own }: Resident): Promise<unknown[]> {
  const selection = selectionOf(schema, getNamedType(positionAt('Query.node(id)').field.type), 1);
  const shown: unknown[] = [];
  for (const one of Object.values(own)) {
    const { data } = await lines.HTTP.ask(`query ($id: ID!) { node(id: $id) { ${selection} } }`, { id: one });
    shown.push(data);
  }
  const activity = '{ activity(first: 100) { edges { cursor node { version kind } } pageInfo { hasNextPage } } }';
  shown.push((await lines.HTTP.ask(activity)).data);
  return shown;
}

/** The calls to Xendit that were made in an account, from a number on. */
function callsIn({ record }: Sandbox, account: string, from: number): string[] {
  const calls = record.requests.slice(from).filter((call) => call.account === account);
  return calls.map(({ method, path }) => `${method} ${path}`);
}

/** Whose things are tried, and by whom. */
const pairs: [victim: Account, intruder: Account][] = [
  ['sub-a', 'sub-b'],
  ['sub-a', ''],
  ['', 'sub-a'],
];

/** What is tried of a victim's at each position. */
async function valuesOf(victim: Resident): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  for (const position of positions) values.set(position.name, await valueAt(position, victim));
  return values;
}

/** A stream that begins with what comes next has a test of its own. */
const beginsLater = 'Subscription.activity(filter.resourceId)';

/** What is made comes last, since it is there from then on. */
const inOrder = positions
  .filter((one) => one.name !== beginsLater)
  .toSorted((one, other) => Number(isCreation(one)) - Number(isCreation(other)));

/** No question of these tests is refused for what it is. */
const malformed = /"(GRAPHQL_\w+|BAD_USER_INPUT|BAD_REQUEST|INTERNAL_SERVER_ERROR)"/;

testOnStreet('what is tried is each place of the graph where something can be named', async () => {
  assert.deepEqual(positions.map((one) => one.name).sort(), Object.keys(sources).sort());
});

testOnStreet(
  'wherever something can be named, another account’s is as unknown as what nobody has',
  async (_t, { xendit, residents }) => {
    for (const [pair, [one, other]] of pairs.entries()) {
      const [victim, intruder] = [residents[one], residents[other]];
      const values = await valuesOf(victim);
      // Whoever reads has asked about what was only named until then.
      await estateOf(victim);
      const before = await estateOf(victim);
      const from = xendit.record.requests.length;
      const marks = [victim.own.label, ...Object.values(victim.own), ...values.values()];
      for (const position of inOrder) {
        const value = values.get(position.name) ?? '';
        const nobody = nobodys(value, victim.own.label, intruder.account);
        for (const transport of transportsOf(position, pair)) {
          const where = `${position.name} by ${intruder.own.label} of ${victim.own.label}, ${transport}`;
          const said = async (tried: string): Promise<string> => {
            const answer = await ask(intruder.lines, position, intruder.own, tried, transport);
            if (position.field.name === 'createRefund') await refundsAreDone(intruder);
            return wordsOf(answer, tried);
          };
          const theirs = await said(value);
          assert.equal(outcomeOf(theirs), outcomeOf(await said(nobody)), where);
          assert.doesNotMatch(theirs, malformed, where);
          if (isCreation(position)) assert.match(outcomeOf(theirs), /Payload" false$/, where);
          const leaks = marks.filter((mark) => mark !== value && theirs.includes(mark));
          assert.deepEqual(leaks, [], where);
        }
      }
      assert.deepEqual(callsIn(xendit, victim.account, from), []);
      assert.deepEqual(await estateOf(victim), before);
    }
  },
);

testOnStreet('the same questions are answered to whom they are for', async (_t, { residents }) => {
  const own = residents['sub-a'];
  const values = await valuesOf(own);
  // What is settled says nothing after a cursor of its last word.
  const asking = inOrder.filter(
    ({ parent, path }) => parent !== 'Mutation' && !(parent === 'Subscription' && path[0] === 'after'),
  );
  for (const position of asking) {
    const value = values.get(position.name) ?? '';
    const nobody = nobodys(value, own.own.label, 'anybody');
    const answer = wordsOf(await ask(own.lines, position, own.own, value), value);
    assert.doesNotMatch(answer, /"errors":/, position.name);
    assert.notEqual(answer, wordsOf(await ask(own.lines, position, own.own, nobody), nobody), position.name);
  }
});

testOnStreet('no kind of id leads to another account, through a node or a filter', async (_t, { residents }) => {
  const query = `query ($id: ID!, $reference: String!) {
    node(id: $id) { __typename id } activity(filter: { resourceId: $id }) { edges { cursor } }
    webhookEvents(filter: { resourceId: $id }) { edges { cursor } } customers(referenceId: $reference) { id }
    transactions(filter: { productId: $id }) { edges { cursor } }
  }`;
  for (const [victim, intruder] of pairs.map(([one, other]) => [residents[one], residents[other]] as const)) {
    for (const [kind, id] of Object.entries(victim.own).filter(([, one]) => /^[a-z]+[-_]\w+-/.test(one))) {
      const askAs = ({ lines }: Resident) => lines.HTTP.ask(query, { id, reference: id });
      const none = { edges: [] };
      const nothing = { node: null, activity: none, webhookEvents: none, customers: [], transactions: none };
      assert.deepEqual((await askAs(intruder)).data, nothing, kind);
      if (id.startsWith('qrrf')) continue;
      assert.notDeepEqual((await askAs(victim)).data, nothing, kind);
    }
  }
});

testOnStreet('activity about another account’s resource is not told, over any transport', async (_t, street) => {
  const { gateway, residents } = street;
  const [victim, intruder] = [residents['sub-a'], residents['sub-b']];
  const latest = await intruder.lines.HTTP.ask<Latest>('{ activity(first: 1) { edges { cursor } } }');
  const after = latest.data?.activity.edges[0]?.cursor;
  const query = `subscription ($id: ID!, $after: Cursor!) {
    activity(filter: { resourceId: $id }, after: $after) { resource { id ... on QrPayment { amount { amount } } } }
  }`;
  for (const transport of streaming) {
    const id = `qrpy_${newName('shared')}`;
    const told = intruder.lines[transport].watch(query, { id, after });
    const first = told.next();
    const pay = (account: string, amount: number) =>
      deliver(gateway, account, qrPayment({ id: 'qr_shared', externalId: 'shared' }, id, { amount }));
    await pay(victim.account, 1_111);
    // The same id in the own account is the end of waiting.
    await pay(intruder.account, 2_222);
    const { value } = (await first) as { value: Told };
    assert.deepEqual(value.data, { activity: { resource: { id, amount: { amount: '2222' } } } });
    await told.return();
  }
});

interface Latest {
  activity: { edges: { cursor: string }[] };
}

testOnStreet(
  'a header of the caller’s own that names an account leads to no other, on any transport',
  async (t, { gateway, xendit, residents }) => {
    const query = `query ($id: ID!) {
      payment(id: $id) { id } balance { amount } activity(first: 1) { edges { cursor } }
    }`;
    for (const [one, other] of pairs) {
      const [victim, intruder] = [residents[one], residents[other]];
      // The owner of all has no name but the empty one; its business has one at Xendit.
      const headers = { 'for-user-id': victim.account || 'own' };
      const token = await signToken({ sub: 'shop', account: intruder.account || undefined });
      const lines = linesWith(t, gateway.url, token, headers);
      for (const transport of transports) {
        const where = `${intruder.own.label} as ${victim.own.label}, ${transport}`;
        const from = xendit.record.requests.length;
        for (const { own } of [victim, intruder]) {
          const { data } = await lines[transport].ask<{ payment: object | null }>(query, { id: own.payment });
          assert.deepEqual(data?.payment, own === intruder.own ? { id: own.payment } : null, where);
          assert.deepEqual(data, (await intruder.lines[transport].ask(query, { id: own.payment })).data, where);
        }
        assert.ok(callsIn(xendit, intruder.account, from).includes('GET /balance'), where);
        assert.deepEqual(callsIn(xendit, victim.account, from), [], where);
      }
    }
  },
);

testOnStreet('how long an answer takes does not tell whether it is another’s or nobody’s', async (t, { residents }) => {
  const [victim, intruder] = [residents['sub-a'], residents['sub-b']];
  const query = 'query ($id: ID!) { payment(id: $id) { id } }';
  const took: Record<'theirs' | 'nobodys', number[]> = { theirs: [], nobodys: [] };
  for (const _ of upTo(figure(150, 1_000))) {
    // Each in turn, so that whatever else the machine does meets both.
    for (const [whose, id] of [
      ['theirs', victim.own.payment],
      ['nobodys', `py-${crypto.randomUUID()}`],
    ] as const) {
      const from = performance.now();
      assert.deepEqual((await intruder.lines.HTTP.ask(query, { id })).data, { payment: null });
      took[whose].push((performance.now() - from) * 1_000);
    }
  }
  const [theirs, nobodysOwn] = [percentile(took.theirs, 0.5), percentile(took.nobodys, 0.5)];
  t.diagnostic(`medians: another's ${theirs} µs, nobody's ${nobodysOwn} µs`);
  assert.ok(theirs < 2 * nobodysOwn && nobodysOwn < 2 * theirs, `${theirs} and ${nobodysOwn} µs`);
});

/** Xendit makes one refund of a payment at a time. */
async function refundsAreDone({ lines, own }: Resident): Promise<void> {
  const query = 'query ($id: ID!) { paymentRequest(id: $id) { refunds { edges { node { status } } } } }';
  await eventually('its refunds are done', async () => {
    const told = await lines.HTTP.ask(query, { id: own.sessionRequest });
    return !JSON.stringify(told).includes('PENDING');
  });
}

/** Whether a mutation makes something by a name or key of the caller's own choice. */
function isCreation({ field, path }: Position): boolean {
  return field.name.startsWith('create') && /referenceId|externalId|idempotencyKey/.test(path.at(-1) ?? '');
}
