import type { Dispatcher } from 'undici';
import type { Scope } from './bench.ts';
import { callbackToken, openDelivering, qrPayment } from './deliveries.ts';
import { type Load, openLoad } from './load.ts';
import type { Program } from './program.ts';

/** A program under load. */
export interface Loaded {
  program: Program;
  load: Load;
}

/** How many codes are asked for in turn, so that no two of one moment are the same. */
export const codes = 2_000;
const perRound = 4_000;

/** Eight fields and the metadata. */
export const query = `query Code($id: ID!) {
  qrCode(externalId: $id) { id externalId type status qrString created updated amount { amount currency } metadata }
}`;

/** Starts the upstream, a gateway on Postgres that asks it, and the bare proxy. */
export async function openQueries(
  scope: Scope,
  environment: Record<string, string>,
): Promise<{ upstream: Program; gateway: Loaded; proxy: Loaded }> {
  const upstream = await scope.start('upstream');
  const gateway = await scope.startGateway({
    XENDIT_BASE_URL: upstream.url,
    DATABASE_URL: await scope.database(),
    XENDIT_CALLBACK_TOKENS: callbackToken,
    XENDIT_REQUESTS_PER_MINUTE: '1000000',
    ...environment,
  });
  const proxy = await scope.start('proxy', { UPSTREAM_URL: upstream.url });
  return { upstream, gateway: loaded(scope, gateway), proxy: loaded(scope, proxy) };
}

export function loaded(scope: Scope, program: Program): Loaded {
  const load = openLoad(program.url);
  scope.after(() => load.close());
  return { program, load };
}

/** Milliseconds of CPU per query, over one round. */
async function measure({ program }: Loaded, round: () => Promise<void>): Promise<number> {
  const before = await program.cpuMs();
  await round();
  return ((await program.cpuMs()) - before) / perRound;
}

export function askGateway(gateway: Loaded, prefix: string): () => Promise<number> {
  return askGraphQL(gateway, prefix, '/graphql');
}

export function askGraphQL(server: Loaded, prefix: string, path: string, text = query): () => Promise<number> {
  return ask(server, '"Jakarta"', (index) => posted(path, { query: text, variables: { id: nameOf(prefix, index) } }));
}

export function askProxy(proxy: Loaded, prefix: string): () => Promise<number> {
  return ask(proxy, '"Jakarta"', (index) => ({ path: `/qr_codes/${nameOf(prefix, index)}`, method: 'GET' }));
}

/** What an answer takes without anything in it: by GraphQL, and of a health check. */
export function askNothing(gateway: Loaded): [byGraphQL: () => Promise<number>, healthCheck: () => Promise<number>] {
  return [
    ask(gateway, '"Query"', () => posted('/graphql', { query: '{ __typename }' })),
    ask(gateway, '"live"', () => ({ path: '/health/live', method: 'GET' })),
  ];
}

/** @param word is in every right answer. */
function ask(
  server: Loaded,
  word: string,
  request: (index: number) => Dispatcher.RequestOptions,
): () => Promise<number> {
  return () =>
    measure(server, () =>
      server.load.send(perRound, request, ({ status, text }) => {
        if (status !== 200 || !text.includes(word) || text.includes('"errors"')) throw new Error(`${status} ${text}`);
      }),
    );
}

function posted(path: string, body: object): Dispatcher.RequestOptions {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  return { path, method: 'POST', headers, body: JSON.stringify(body) };
}

function nameOf(prefix: string, index: number): string {
  return `${prefix}-${index % codes}`;
}

/** Tells the gateway that each code was paid. */
export async function deliverPayments(scope: Scope, { program }: Loaded, prefix: string): Promise<void> {
  await openDelivering(scope, program)(codes, (index) => qrPayment(nameOf(prefix, index)));
}
