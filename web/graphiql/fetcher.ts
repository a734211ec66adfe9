import { createGraphiQLFetcher, type Fetcher, type FetcherOpts, type FetcherParams } from '@graphiql/toolkit';
import { type DocumentNode, getOperationAST, parse } from 'graphql';
import { keptToken } from '../shared/token.ts';

type Headers = Readonly<Record<string, unknown>>;

/** Asks the gateway that serves the page: over HTTP, and over WebSocket where an operation subscribes; each with the same proof. */
export function createFetcher(): Fetcher {
  const ask = createGraphiQLFetcher({
    url: '/graphql',
    subscriptionUrl: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    enableIncrementalDelivery: false,
  });
  return (operation, options) => {
    const asked = asWritten(operation, options);
    return ask(asked.operation, { ...asked.options, headers: withProof(options?.headers) });
  };
}

/**
 * The editor finds out a tenth of a second later which operations it shows: whoever is quicker would ask for one of the tab that was
 * there before.
 */
function asWritten(
  operation: FetcherParams,
  options: FetcherOpts | undefined,
): { operation: FetcherParams; options: FetcherOpts | undefined } {
  let documentAST: DocumentNode;
  try {
    documentAST = parse(operation.query);
  } catch {
    // What is wrong with it is the gateway's to say.
    return { operation, options };
  }
  const isThere = getOperationAST(documentAST, operation.operationName) != null;
  const { operationName: _, ...unnamed } = operation;
  // By its name it is found out whether it subscribes.
  const only = getOperationAST(documentAST)?.name?.value;
  const meant = isThere ? operation : { ...unnamed, ...(only !== undefined && { operationName: only }) };
  return { operation: meant, options: { ...options, documentAST } };
}

/** What the headers editor starts with. */
export function startingHeaders(): string {
  return JSON.stringify({ Authorization: `Bearer ${keptToken()}` }, null, 2);
}

/** The token or key that headers prove by, empty where they name none; undefined where they are unfinished. */
export function tokenIn(headers: string): string | undefined {
  if (headers.trim() === '') return '';
  try {
    return bearerOf(JSON.parse(headers) as Headers) ?? '';
  } catch {
    return undefined;
  }
}

/** Where a tab names no token, the one that was named last counts. */
function withProof(headers: Headers = {}): Record<string, unknown> {
  const others = Object.fromEntries(Object.entries(headers).filter(([name]) => !isAuthorization(name)));
  const token = bearerOf(headers) ?? keptToken();
  return token === '' ? others : { ...others, authorization: `Bearer ${token}` };
}

function bearerOf(headers: Headers): string | undefined {
  const [, given] = Object.entries(headers).find(([name]) => isAuthorization(name)) ?? [];
  return typeof given === 'string' ? /^bearer +(\S+)$/i.exec(given.trim())?.[1] : undefined;
}

function isAuthorization(name: string): boolean {
  return name.toLowerCase() === 'authorization';
}
