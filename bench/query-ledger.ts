/**
 * `npm run bench -- query-ledger`: the gateway's CPU for one `qrCode` that is settled, which the ledger answers by itself, beside
 * that of a bare proxy which asks Xendit for it. 2,000 codes, asked by 64 connections; the ledger is on Postgres. Also what the gateway
 * takes for `{ __typename }` and for a health check: less than that nothing can take.
 */
import { bench } from './support/bench.ts';
import { compare, inTurn, median, printResult, printRounds, round } from './support/figures.ts';
import { askGateway, askNothing, askProxy, deliverPayments, openQueries } from './support/queries.ts';

await bench(async (scope) => {
  const { gateway, proxy } = await openQueries(scope, {});
  await deliverPayments(scope, gateway, 'paid');
  const rounds = await inTurn(askGateway(gateway, 'paid'), askProxy(proxy, 'paid'));
  printRounds('ms of CPU per query', ['gateway', 'proxy'], rounds);
  const least = await inTurn(...askNothing(gateway));
  const also = { typename: round(median(least.values), 4), healthCheck: round(median(least.references), 4) };
  printResult(compare('query-ledger', rounds, 1), [], also);
});
