import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGate, GateFullError } from '../../src/xendit/gate.ts';

const patient = new AbortController().signal;

test('the line moves in order and has an end', async () => {
  const gate = createGate(1, 3, 60_000);
  const order: string[] = [];
  const leave = await gate.enter(patient);
  const others = ['b', 'c', 'd'].map(async (name) => {
    const leaveAgain = await gate.enter(patient);
    order.push(name);
    leaveAgain();
  });
  await assert.rejects(gate.enter(patient), GateFullError);
  leave();
  await Promise.all(others);
  assert.deepEqual(order, ['b', 'c', 'd']);
});

test('a place given back twice is given to one', async () => {
  const gate = createGate(1, 1, 60_000);
  const leave = await gate.enter(patient);
  leave();
  leave();
  const [leaveAgain, waiting] = [await gate.enter(patient), gate.enter(patient)];
  await assert.rejects(gate.enter(patient), GateFullError);
  leaveAgain();
  (await waiting)();
});

test('whoever has waited too long is sent away, and takes no place with him', async () => {
  const gate = createGate(1, 2, 20);
  const leave = await gate.enter(patient);
  await assert.rejects(gate.enter(patient), GateFullError);
  leave();
  (await gate.enter(patient))();
});

test('whoever leaves the line takes no place with him', async () => {
  const gate = createGate(1, 3, 60_000);
  const leave = await gate.enter(patient);
  const impatient = new AbortController();
  const given = assert.rejects(gate.enter(impatient.signal), /gone/);
  const next = gate.enter(patient);
  impatient.abort(new Error('gone'));
  await given;
  leave();
  (await next)();
  await assert.rejects(gate.enter(impatient.signal), /gone/);
  (await gate.enter(patient))();
});
