/**
 * `npm run bench -- query-ledger`: the gateway's CPU for one `qrCode` that is settled, which the ledger answers by itself, beside
 * that of a bare proxy which asks Xendit for it. 2,000 codes, asked by 64 connections; the ledger is on Postgres.
 */
import { bench } from './support/bench.ts';
import { compare, inTurn, printResult, printRounds } from './support/figures.ts';
import { askGateway, askProxy, deliverPayments, openQueries } from './support/queries.ts';

await bench(async (scope) => {
  const { gateway, proxy } = await openQueries(scope, {});
  await deliverPayments(scope, gateway, 'paid');
  const rounds = await inTurn(askGateway(gateway, 'paid'), askProxy(proxy, 'paid'));
  printRounds('ms of CPU per query', ['gateway', 'proxy'], rounds);
  printResult(compare('query-ledger', rounds, 1));
});
