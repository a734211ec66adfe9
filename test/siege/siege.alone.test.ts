import assert from 'node:assert/strict';
import { test } from 'node:test';
import { besiege } from './siege.ts';

const seconds = (count: number) => count / 60;

test('a short siege leaves the gateway alive, answers every attack and costs little memory', async (t) => {
  const siege = await besiege(t, {
    minutes: seconds(4),
    aloneMinutes: seconds(1),
    attackers: 20,
    attacksPerSecond: 50,
    operationsPerSecond: 10,
  });
  t.diagnostic(JSON.stringify(siege));
  assert.equal(siege.crashed, false);
  assert.ok(siege.attacks >= 60 && siege.answered === siege.attacks, `${siege.answered} of ${siege.attacks}`);
  assert.ok(siege.rssMaxMb - siege.rssBeforeMb < 150, `from ${siege.rssBeforeMb} to ${siege.rssMaxMb} MB`);
  assert.ok(Number.isFinite(siege.p99UnderAttackMs), 'ordinary callers were refused');
});
