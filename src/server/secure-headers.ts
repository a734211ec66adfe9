import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

/** What a browser may do with an answer, in the names of Content-Security-Policy. */
export type Directives = Record<string, string[]>;

const none = ["'none'"];
const nothing: Directives = { defaultSrc: none, frameAncestors: none, baseUri: none, formAction: none };
/** For how long browsers come by `https:` only, in seconds: half a year. */
const hstsMaxAgeS = 15_552_000;

/**
 * The headers that every answer has, where nothing else is said: what is served is data, of which nothing is to be run, framed
 * or kept.
 *
 * @param isEncrypted whether browsers are told to come by `https:` only.
 */
export function secureHeaders(isEncrypted: boolean): Record<string, string> {
  return headersOf(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: nothing },
      referrerPolicy: { policy: 'no-referrer' },
      strictTransportSecurity: isEncrypted && { maxAge: hstsMaxAgeS, includeSubDomains: false },
      frameguard: { action: 'deny' },
    }),
  );
}

/** The header `content-security-policy` of a page. */
export function policyOf(directives: Directives): Record<string, string> {
  return headersOf(helmet.contentSecurityPolicy({ useDefaults: false, directives }));
}

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** Helmet says the same of every answer, and is asked once: for each it takes longer than most of a query does. */
function headersOf(middleware: Middleware): Record<string, string> {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  middleware(response.req, response, () => undefined);
  return response.getHeaders() as Record<string, string>;
}
