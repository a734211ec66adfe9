import assert from 'node:assert/strict';
import { watchActivity, watchResource } from '../../src/service/streams.ts';
import { delivered, payment, paymentKey, whenReleased } from '../store/support.ts';
import { testOnEachDatabase } from '../support/database.ts';
import { openRooms } from './support.ts';

testOnEachDatabase('a change is put into words once for all who are told it', async (t, place) => {
  const { rooms } = await openRooms(t, place);
  await rooms.ledger.observe(delivered('pending', [payment('py-1', 'PENDING')]));
  // Whatever else runs on the same Postgres holds it back.
  await whenReleased(rooms.reads, '', 1);
  const find = async () => (await rooms.reads.find(paymentKey('py-1')))?.resource;
  const watch = () => watchResource(rooms, '', find, undefined);
  const streams = await Promise.all(Array.from({ length: 20 }, watch));
  const activities = await Promise.all(Array.from({ length: 20 }, () => watchActivity(rooms, '', {}, undefined)));
  for (const present of await Promise.all(streams.map((stream) => stream.next())))
    assert.equal(present.value?.kind, 'SNAPSHOT');

  const waiting = [streams, activities].map((all) => Promise.all(all.map((stream) => stream.next())));
  await rooms.ledger.observe(delivered('paid', [payment('py-1', 'SUCCEEDED')]));
  await whenReleased(rooms.reads, '', 2);
  rooms.feed.wakeActivity();
  for (const told of await Promise.all(waiting)) {
    assert.equal(told[0]?.value?.to, 'SUCCEEDED');
    assert.equal(new Set(told.map(({ value }) => value)).size, 1);
  }
  await Promise.all(activities.map((stream) => stream.return(undefined)));
});
