/**
 * `npm run bench -- ingest-embedded`: the same as `ingest` on the embedded database, whose work is in the gateway's own process:
 * its CPU for one delivery beside that of a Fastify route which only reads the body.
 */
import { bench } from './support/bench.ts';
import { callbackToken, openDelivering, qrPayment } from './support/deliveries.ts';
import { compare, inTurn, printResult, printRounds } from './support/figures.ts';

const perRound = 4_000;

await bench(async (scope) => {
  const toGateway = openDelivering(scope, await scope.startGateway({ XENDIT_CALLBACK_TOKENS: callbackToken }));
  const toReader = openDelivering(scope, await scope.start('body-reader'));
  const bodiesOf = (round: number) => (index: number) => qrPayment(`${round}-${index}`);
  const rounds = await inTurn(
    async (round) => (await toGateway(perRound, bodiesOf(round))).cpuMsEach,
    async (round) => (await toReader(perRound, bodiesOf(round))).cpuMsEach,
  );
  printRounds('ms of CPU per delivery', ['gateway', 'reader'], rounds);
  printResult(compare('ingest-embedded', rounds, 6));
});
