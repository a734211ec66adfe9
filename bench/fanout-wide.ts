/**
 * `npm run bench -- fanout-wide`: one change of each of 5,000 QR codes to the one subscriber of each, CPU per message of the gateway
 * that tells them, beside that of `ws` sending each client its own message. Another gateway takes the webhooks in.
 */
import { bench } from './support/bench.ts';
import { qrPayment } from './support/deliveries.ts';
import { compare, inTurn, printResult, printRounds } from './support/figures.ts';
import { cpuPerMessage, openStreaming, subscribers } from './support/streams.ts';
import { subscribe, subscribeToCodes } from './support/subscribers.ts';

await bench(async (scope) => {
  const { telling, deliver } = await openStreaming(scope);
  const ofGateway = await subscribeToCodes(scope, telling.url, subscribers, (index) => `static-${index}`);
  const broadcaster = await scope.start('broadcaster');
  const ofBroadcaster = await subscribe(scope, broadcaster.url, {
    count: subscribers,
    greetings: () => [],
    beginnings: 0,
  });
  const rounds = await inTurn(
    (round) =>
      cpuPerMessage(telling, subscribers, async () => {
        await deliver(subscribers, (index) => qrPayment(`${round}-${index}`, `static-${index}`));
        await ofGateway.told(subscribers);
      }),
    () =>
      cpuPerMessage(broadcaster, subscribers, async () => {
        await broadcaster.tell('each', ofGateway.last().replace(/static-\d+/, 'static-#####'));
        await ofBroadcaster.told(subscribers);
      }),
  );
  printRounds('ms of CPU per message', ['gateway', 'ws'], rounds);
  printResult(compare('fanout-wide', rounds, 3));
});
