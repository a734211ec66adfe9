import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet, { type HelmetOptions } from 'helmet';

/** What a browser may do with an answer, in the names of Content-Security-Policy. */
export type Directives = Record<string, string[]>;

const none = ["'none'"];
const nothing: Directives = { defaultSrc: none, frameAncestors: none, baseUri: none, formAction: none };
/** For how long browsers come by `https:` only, in seconds: half a year. */
const hstsMaxAgeS = 15_552_000;

/** What Helmet says to browsers of long ago, and of Flash. */
const obsolete = {
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
} satisfies HelmetOptions;

/**
 * The headers that every answer has, where nothing else is said: what is served is data, of which nothing is to be run, framed
 * or kept.
 *
 * @param isEncrypted whether browsers are told to come by `https:` only.
 */
export function secureHeaders(isEncrypted: boolean): Record<string, string> {
  return headersOf({
    ...obsolete,
    contentSecurityPolicy: { useDefaults: false, directives: nothing },
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: isEncrypted && { maxAge: hstsMaxAgeS, includeSubDomains: false },
    frameguard: { action: 'deny' },
  });
}

/** What a page says in their place and beside them: what it may do, and that it is apart from others in its browser. */
export function pageHeaders(directives: Directives): Record<string, string> {
  return headersOf({
    ...obsolete,
    contentSecurityPolicy: { useDefaults: false, directives },
    crossOriginResourcePolicy: false,
    referrerPolicy: false,
    strictTransportSecurity: false,
    xContentTypeOptions: false,
    frameguard: false,
  });
}

/** Helmet says the same of every answer, and is asked once: for each it takes longer than most of a query does. */
function headersOf(options: HelmetOptions): Record<string, string> {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  helmet(options)(response.req, response, () => undefined);
  return response.getHeaders() as Record<string, string>;
}
