import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { eventually } from '../support/eventually.ts';
import { figure } from '../support/figures.ts';
import { type Frame, graphOf, greet, NumberLog, serve } from './support.ts';

const numbers = 'subscription ($after: Int) { numbers(after: $after) { number } }';

setFlagsFromString('--expose-gc');
/** Each of these sockets is torn off, and a test that remembered all of them would grow with them. */
const forgetful = { after: () => undefined };

const collectGarbage = runInNewContext('gc') as () => void;

test('thousands who come, leave and are torn off leave nothing behind', async (t) => {
  const log = new NumberLog();
  const { socketUrl, connections } = await serve(t, graphOf(log), { perAddress: 100 });
  const cycles = figure(20_000, 100_000);
  const cyclesPerSocket = 50;
  const heaps: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    for (let socketNumber = 0; socketNumber < cycles / 4 / cyclesPerSocket; socketNumber += 1) {
      const own = await greet(forgetful, socketUrl);
      for (let index = 0; index < cyclesPerSocket; index += 1) {
        const id = index === 0 ? 'torn off with its socket' : String(index % 7);
        own.subscribe(id, numbers);
        if (index > 0) own.send({ id, type: 'complete' });
      }
      await eventually('one reads', () => log.readers === 1);
      own.socket.terminate();
      await eventually('nobody reads', () => log.readers === 0);
    }
    collectGarbage();
    heaps.push(process.memoryUsage().heapUsed / 1e6);
  }
  t.diagnostic(`${cycles} cycles; heap ${heaps.map((mb) => mb.toFixed(1)).join(', ')} MB`);
  assert.ok((heaps.at(-1) ?? 0) - (heaps[0] ?? 0) < 3, 'what is kept has grown');
  await connections.drain(0);
});

test('an id that is used again while its operation is still ending begins anew, and can be ended', async (t) => {
  const log = new NumberLog();
  const ending = Promise.withResolvers<void>();
  let opened = 0;
  const read = () => {
    const reading = log.read(0);
    opened += 1;
    if (opened > 1) return reading;
    // The first takes its time to end.
    const slow: typeof reading = {
      ...reading,
      return: () => ending.promise.then(() => reading.return(undefined)),
      [Symbol.asyncIterator]: () => slow,
    };
    return slow;
  };
  const schema = makeExecutableSchema({
    typeDefs:
      'type Query { ping: String! } type Subscription { numbers(after: Int): Number! } type Number { number: Int! }',
    resolvers: { Subscription: { numbers: { subscribe: read, resolve: (event: unknown) => event } } },
  });
  const { socketUrl } = await serve(t, schema);
  const own = await greet(t, socketUrl);
  own.subscribe('1', numbers);
  await eventually('the first reads', () => opened === 1);
  own.send({ id: '1', type: 'complete' });
  own.subscribe('1', numbers);
  own.subscribe('other', '{ ping }');
  await eventually('another is not held up', () => own.texts.some((text) => text.includes('"other"')));
  assert.equal(opened, 1);
  ending.resolve();
  await eventually('the second reads, alone', () => opened === 2 && log.readers === 1);
  log.tell();
  await eventually('it is told', () => own.texts.some((text) => text.includes('"1"')));
  const frames = own.texts.map((text) => JSON.parse(text) as Frame).filter(({ id }) => id === '1');
  assert.deepEqual(
    frames.map(({ type }) => type),
    ['next'],
  );
  own.send({ id: '1', type: 'complete' });
  await eventually('nobody reads', () => log.readers === 0);
});
