/**
 * `npm run bench -- query-peers`: the gateway's CPU for one `qrCode` of which Xendit is asked each time, beside that of the same
 * question to Mercurius with its JIT and to GraphQL Mesh. 2,000 codes, asked by 64 connections; the ledger is on Postgres.
 */
import { bench } from './support/bench.ts';
import { compare, inTurn, median, printResult, printTable } from './support/figures.ts';
import { askGateway, askGraphQL, loaded, openQueries } from './support/queries.ts';

/** As many fields as the others are asked for, in Xendit's own words, which Mesh keeps. */
const meshQuery = `query Code($id: String!) {
  qrCode(external_id: $id) { id external_id type status qr_string callback_url created updated amount metadata }
}`;

await bench(async (scope) => {
  const { upstream, gateway } = await openQueries(scope, { READ_MAX_AGE_MS: '0' });
  const environment = { UPSTREAM_URL: upstream.url };
  const mercurius = loaded(scope, await scope.start('mercurius', environment));
  const mesh = loaded(scope, await scope.start('mesh', environment));

  const askMercurius = askGraphQL(mercurius, 'open', '/graphql');
  const askMesh = askGraphQL(mesh, 'open', '/graphql', meshQuery);
  const ofMesh: number[] = [];
  const { values, references } = await inTurn(askGateway(gateway, 'open'), async () => {
    ofMesh.push(await askMesh());
    return askMercurius();
  });
  const meshReferences = ofMesh.slice(-values.length);

  const row = (title: string, ...times: number[]) => [title, ...times.map((time) => time.toFixed(4))];
  printTable(
    ['round (ms of CPU per query)', 'gateway', 'mercurius', 'mesh'],
    [
      ...values.map((value, index) =>
        row(String(index + 1), value, references[index] ?? Number.NaN, meshReferences[index] ?? Number.NaN),
      ),
      row('median', median(values), median(references), median(meshReferences)),
    ],
  );
  printResult(compare('query-peers', { values, references }, 1), [
    compare('query-peers: mesh', { values, references: meshReferences }, 0.25),
  ]);
});
