/**
 * `npm run bench -- query`: the gateway's CPU for one `qrCode` of which Xendit is asked each time, beside that of a bare proxy of
 * the same call. 2,000 codes that the ledger knows, asked by 64 connections; the ledger is on Postgres.
 */
import { bench } from './support/bench.ts';
import { compare, inTurn, printResult, printRounds } from './support/figures.ts';
import { askGateway, askProxy, openQueries } from './support/queries.ts';

await bench(async (scope) => {
  const { gateway, proxy } = await openQueries(scope, { READ_MAX_AGE_MS: '0' });
  const rounds = await inTurn(askGateway(gateway, 'open'), askProxy(proxy, 'open'));
  printRounds('ms of CPU per query', ['gateway', 'proxy'], rounds);
  printResult(compare('query', rounds, 2));
});
