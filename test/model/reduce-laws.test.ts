import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toInstant } from '../../src/model/instant.ts';
import { canonicalJson, parseJson } from '../../src/model/json.ts';
import type { Observation } from '../../src/model/observation.ts';
import { isKnown, type ResourceState, reduce } from '../../src/model/reduce.ts';
import { rankOf, resourceTypes } from '../../src/model/status.ts';
import { figure } from '../support/figures.ts';

const words =
  `ACTIVE INACTIVE COMPLETED REQUIRES_ACTION ACCEPTING_PAYMENTS PENDING AUTHORIZED EXPIRED CANCELED CANCELLED
  FAILED SUCCEEDED VOIDED REFUNDED UNKNOWN SHINY`.split(/\s+/);
/** Few values, so that times, fields and whole observations collide often. */
const times = fc.constantFrom(
  undefined,
  ...['2024-01-01T00:00:00Z', '2024-01-01T00:00:00.1Z', '2025-01-01T00:00:00Z'].map(toInstant),
);
const numbers = fc.constantFrom(1, 0.1, 1e21, -0, parseJson('9007199254740993'), parseJson('1.0'));
const values = fc.oneof(
  fc.constantFrom(undefined, 'a', 'b', '', 'ü\u0000\ud800', '10'),
  fc.record({ amount: fc.constantFrom('1', '2', undefined), currency: fc.constantFrom('IDR', 'PHP') }),
  fc.dictionary(fc.constantFrom('x', 'y', '1', '__proto__'), numbers, { maxKeys: 3 }),
  fc.array(numbers, { maxLength: 2 }),
);
const fields = fc.record(
  { xenditStatus: values, amount: values, metadata: values, failureCode: values },
  { requiredKeys: [] },
);
const types = fc.constantFrom(...resourceTypes);

/** What is said of one resource; of a request also by payments, whose word may or may not count. */
const stories = types.chain((type) =>
  fc.array(
    fc.record({
      type: fc.constant(type),
      id: fc.constant('x'),
      status: fc.constantFrom(...words),
      updated: times,
      ...saidOf(type, fc.constantFrom(undefined, 'PAY', 'REUSABLE_PAYMENT_CODE', 'SHINY')),
    }),
    { minLength: 1, maxLength: 8 },
  ),
) as fc.Arbitrary<Observation[]>;

function saidOf(type: string, requestTypes: fc.Arbitrary<string | undefined>, byPayments = ['SAID', 'UNSAID']) {
  if (type !== 'PaymentRequest') return { fields };
  const own = fc.tuple(fields, requestTypes).map(([said, type]) => ({ ...said, type }));
  return { fields: own, paidOnce: fc.constantFrom(undefined, ...byPayments) };
}

/** The same, of requests whose type stays what it is and is no other in what their payments say. */
const likelyStories = fc
  .constantFrom<[string, string[]]>(
    ['PAY', ['SAID', 'UNSAID']],
    ['REUSABLE_PAYMENT_CODE', ['UNSAID']],
    ['SHINY', ['SAID', 'UNSAID']],
  )
  .chain(([requestType, byPayments]) =>
    fc.array(
      fc
        .record({
          type: fc.constant('PaymentRequest'),
          id: fc.constant('x'),
          status: fc.constantFrom(...words),
          updated: times,
          ...saidOf('PaymentRequest', fc.constantFrom(undefined, requestType), byPayments),
        })
        // A payment doesn't know its request's type.
        .map((one) => ({ ...one, fields: one.paidOnce ? { ...one.fields, type: undefined } : one.fields })),
      { minLength: 1, maxLength: 8 },
    ),
  ) as fc.Arbitrary<Observation[]>;

const lives = fc.oneof(
  likelyStories,
  stories.filter(([first]) => first?.type !== 'PaymentRequest'),
);

function told(observations: readonly Observation[], before?: ResourceState): ResourceState {
  let state = before;
  for (const observation of observations) state = reduce(state, observation, false).state;
  return state ?? assert.fail('nothing was told');
}

/** All of a state but its version, which counts how the news arrived. */
function meaning({ version: _, ...state }: ResourceState): string {
  return canonicalJson(state);
}

function holds<Ts extends [unknown, ...unknown[]]>(property: fc.IProperty<Ts>): void {
  fc.assert(property, { numRuns: figure(2_000, 100_000) });
}

test('any order and any multiplicity of the same observations end in the same status, fields and stamps', () => {
  const retold = stories.chain((story) =>
    fc.tuple(fc.constant(story), fc.array(fc.nat(story.length - 1), { maxLength: 12 }), fc.infiniteStream(fc.nat())),
  );
  holds(
    fc.property(retold, ([story, again, draws]) => {
      const other = [...story, ...again.map((index) => story[index] ?? assert.fail())];
      for (let left = other.length; left > 1; left -= 1) {
        const [one] = other.splice(draws.next().value % left, 1);
        if (one !== undefined) other.push(one);
      }
      assert.equal(meaning(told(other)), meaning(told(story)));
    }),
  );
});

test('an observation made again changes nothing and tells nothing', () => {
  holds(
    fc.property(stories, fc.nat(), (story, pick) => {
      const state = told(story);
      const again = reduce(state, story[pick % story.length] ?? assert.fail(), false);
      assert.equal(canonicalJson(again.state), canonicalJson(state));
      assert.equal(again.change, undefined);
    }),
  );
});

test('an observation is known just when it would change nothing, tell nothing and raise no doubt', () => {
  let known = 0;
  holds(
    fc.property(stories, fc.nat(), fields, (story, pick, others) => {
      const state = told(story);
      const again = story[pick % story.length] ?? assert.fail();
      for (const one of [again, { ...again, fields: others } as Observation]) {
        const { state: next, change, disagrees } = reduce(state, one, false);
        const isSame = change === undefined && !disagrees && JSON.stringify(next) === JSON.stringify(state);
        assert.equal(isKnown(state, one), isSame);
        known += isSame ? 1 : 0;
      }
    }),
  );
  assert.ok(known > 500, String(known));
});

test('rank and version never fall, the version rises by one with each change told, and no field is ever erased', () => {
  holds(
    fc.property(lives, fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), (story, causes) => {
      let before: ResourceState | undefined;
      for (const [index, observation] of story.entries()) {
        const { state, change } = reduce(before, observation, causes[index] ?? false);
        assert.ok(rankOf(state.type, state.status) >= rankOf(state.type, before?.status ?? 'UNKNOWN'));
        assert.equal(state.version, (before?.version ?? 0) + (change === undefined ? 0 : 1));
        assert.equal(state.version > 0, true);
        for (const name of Object.keys(before?.fields ?? {}))
          assert.notEqual(state.fields[name] ?? undefined, undefined);
        assert.deepEqual(
          [change?.from, change?.to],
          (change && [before?.status, state.status]) || [undefined, undefined],
        );
        before = state;
      }
    }),
  );
});

test('no pair of a status and an observation throws', () => {
  for (const type of resourceTypes) {
    for (const from of words) {
      for (const to of words) {
        for (const causeAdvanced of [true, false]) {
          const first: Observation = { type, id: 'x', status: from, updated: undefined, fields: {} };
          const { state } = reduce(undefined, first, causeAdvanced);
          assert.equal(reduce(state, { ...first, status: to }, causeAdvanced).state.type, type);
        }
      }
    }
  }
});

test('a state that went to the database and back is the same state', () => {
  holds(
    fc.property(stories, stories, (story, more) => {
      const state = told(story);
      const stored = parseJson(JSON.stringify(state)) as unknown as ResourceState;
      assert.equal(canonicalJson(stored), canonicalJson(state));
      const later = more.map((one) => ({ ...one, type: state.type }) as Observation);
      assert.equal(canonicalJson(told(later, stored)), canonicalJson(told(later, state)));
    }),
  );
});
