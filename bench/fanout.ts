/**
 * `npm run bench -- fanout`: changes of one QR code to 5,000 subscribers, CPU per message of the gateway that tells them, beside
 * that of `ws` broadcasting the same bytes. Another gateway takes the webhooks in.
 */
import { bench } from './support/bench.ts';
import { qrPayment } from './support/deliveries.ts';
import { compare, inTurn, printResult, printRounds } from './support/figures.ts';
import { cpuPerMessage, openStreaming, subscribers } from './support/streams.ts';
import { subscribe, subscribeToCodes } from './support/subscribers.ts';

const changes = 5;

await bench(async (scope) => {
  const { telling, deliver } = await openStreaming(scope);
  const ofGateway = await subscribeToCodes(scope, telling.url, subscribers, () => 'static-0');
  const broadcaster = await scope.start('broadcaster');
  const ofBroadcaster = await subscribe(scope, broadcaster.url, {
    count: subscribers,
    greetings: () => [],
    beginnings: 0,
  });
  const measure = (program: typeof telling, tellOnce: (change: number) => Promise<void>) => (round: number) =>
    cpuPerMessage(program, changes * subscribers, async () => {
      for (let change = 0; change < changes; change += 1) await tellOnce(round * changes + change);
    });
  const rounds = await inTurn(
    measure(telling, async (change) => {
      await deliver(1, () => qrPayment(`change-${change}`, 'static-0'));
      await ofGateway.told(subscribers);
    }),
    measure(broadcaster, async () => {
      await broadcaster.tell('broadcast', ofGateway.last());
      await ofBroadcaster.told(subscribers);
    }),
  );
  printRounds('ms of CPU per message', ['gateway', 'ws'], rounds);
  printResult(compare('fanout', rounds, 1.5));
});
