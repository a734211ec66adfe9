import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint } from '../../src/sandbox/endpoints.ts';
import type { ApiFault } from '../../src/sandbox/faults.ts';
import { createFaults } from '../../src/sandbox/faults.ts';

const create: Endpoint = 'POST /qr_codes';
const delay = (ms: number): ApiFault => ({ kind: 'delay', ms });
const script = (onClear = () => undefined) => createFaults([create, 'GET /qr_codes/:external_id'], onClear);

test('scripted faults strike in order, as often as was said, and only their own target', () => {
  const faults = script();
  faults.next(create, delay(1), 2);
  faults.next(create, delay(2));
  assert.equal(faults.take('GET /qr_codes/:external_id'), undefined);
  assert.equal(faults.take('webhook'), undefined);
  assert.deepEqual(
    [1, 2, 3, 4].map(() => faults.take(create)),
    [delay(1), delay(1), delay(2), undefined],
  );
});

test('faults by chance strike about as often as their probability says, and the same way for the same seed', () => {
  const run = (seed: number) => {
    const faults = script();
    faults.sometimes('webhook', { kind: 'drop' }, { probability: 0.25, seed });
    return Array.from({ length: 1000 }, () => (faults.take('webhook') === undefined ? '-' : 'x')).join('');
  };
  assert.equal(run(1), run(1));
  assert.notEqual(run(1), run(2));
  const struck = run(1).replaceAll('-', '').length;
  assert.ok(struck > 200 && struck < 300, `${struck} of 1000`);
});

test('a probability of 1 always strikes, of 0 never', () => {
  const faults = script();
  faults.sometimes('webhook', { kind: 'drop' }, { probability: 0, seed: 1 });
  assert.equal(faults.take('webhook'), undefined);
  faults.sometimes('webhook', { kind: 'drop' }, { probability: 1, seed: 1 });
  assert.deepEqual(faults.take('webhook'), { kind: 'drop' });
});

test('what is scripted comes before what is left to chance', () => {
  const faults = script();
  faults.sometimes(create, delay(1), { probability: 1, seed: 1 });
  faults.next(create, delay(2));
  assert.deepEqual([faults.take(create), faults.take(create)], [delay(2), delay(1)]);
});

test('clear forgets everything', () => {
  let cleared = 0;
  const faults = createFaults([create], () => {
    cleared += 1;
  });
  faults.next(create, delay(1), 3);
  faults.sometimes(create, delay(1), { probability: 1, seed: 1 });
  faults.clear();
  assert.equal(faults.take(create), undefined);
  assert.equal(cleared, 1);
});

test('an endpoint that does not exist is refused by name', () => {
  const unknown = 'POST /qr_code' as string as Endpoint; // the type refuses it
  assert.throws(() => script().next(unknown, delay(1)), /No endpoint POST \/qr_code: there are POST \/qr_codes,/);
  assert.throws(
    () => script().sometimes(unknown, delay(1), { probability: 1, seed: 1 }),
    /No endpoint POST \/qr_code:/,
  );
});
