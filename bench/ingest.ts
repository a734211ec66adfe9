/**
 * `npm run bench -- ingest`: distinct `qr.payment` webhooks by 64 connections, each verified, reduced, committed to Postgres and
 * answered. Its CPU for one stands beside that of a Fastify route which only reads the body, its rate beside that of pgbench
 * with 64 clients that send Postgres what the gateway sends it for one delivery, each in a transaction of its own.
 */
import { bench } from './support/bench.ts';
import { callbackToken, type Delivered, openDelivering, qrPayment } from './support/deliveries.ts';
import { compare, printResult, printTable } from './support/figures.ts';
import { openPgbench } from './support/pgbench.ts';

const perRound = 4_000;
const warmUps = 6;
const rounds = 5;

await bench(async (scope) => {
  const gateway = await scope.startGateway({
    DATABASE_URL: await scope.database(),
    XENDIT_CALLBACK_TOKENS: callbackToken,
  });
  const [toGateway, toReader] = [
    openDelivering(scope, gateway),
    openDelivering(scope, await scope.start('body-reader')),
  ];
  const pgbench = await openPgbench(scope);
  const taken: { gateway: Delivered; reader: Delivered; pgbench: number }[] = [];
  for (let round = 0; round < warmUps + rounds; round += 1) {
    const bodyOf = (index: number) => qrPayment(`${round}-${index}`);
    const one = {
      gateway: await toGateway(perRound, bodyOf),
      reader: await toReader(perRound, bodyOf),
      pgbench: await pgbench(),
    };
    if (round >= warmUps) taken.push(one);
  }
  printTable(
    ['round', 'gateway, ms of CPU', 'reader, ms of CPU', 'gateway, per second', 'pgbench, per second'],
    taken.map((one, index) => [
      String(index + 1),
      one.gateway.cpuMsEach.toFixed(4),
      one.reader.cpuMsEach.toFixed(4),
      one.gateway.perSecond.toFixed(0),
      one.pgbench.toFixed(0),
    ]),
  );
  const cpu = {
    values: taken.map((one) => one.gateway.cpuMsEach),
    references: taken.map((one) => one.reader.cpuMsEach),
  };
  const rate = { values: taken.map((one) => one.gateway.perSecond), references: taken.map((one) => one.pgbench) };
  printResult(compare('ingest', cpu, 3), [compare('ingest: rate', rate, 1.5, 'least')]);
});
