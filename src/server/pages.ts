import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { Page } from '../config/pages.ts';
import { type Directives, pageHeaders } from './secure-headers.ts';

/** What the pages may be told of the gateway that serves them; whoever reaches it may ask at `/about`. */
export interface About {
  /** sandbox: a stand-in plays Xendit; test and live: the kind of its key. */
  mode: 'sandbox' | 'test' | 'live';
  /** Whether whoever reaches it may do everything, without any proof. */
  isOpen: boolean;
  /** Whether it tells its contract to those who ask. */
  introspection: boolean;
  version: string;
}

/** The address of each page; what follows `/checkout/` is read by the page itself. */
const addresses = {
  start: '/',
  graphiql: '/graphiql',
  checkout: '/checkout/*',
  console: '/console',
} as const satisfies Record<Page, string>;

const none = ["'none'"];
const self = ["'self'"];

/** Everything that a page runs, shows and speaks to comes from the gateway itself. */
const served: Directives = {
  defaultSrc: none,
  scriptSrc: self,
  styleSrc: self,
  imgSrc: [...self, 'data:'],
  fontSrc: [...self, 'data:'],
  connectSrc: self,
  workerSrc: self,
  frameAncestors: none,
  baseUri: none,
  formAction: self,
};
/** The editor of the explorer writes style elements of its own. */
const servedWithEditor: Directives = { ...served, styleSrc: [...self, "'unsafe-inline'"] };

/** How long a browser keeps what a page is made of, whose name changes with its content, in seconds: a year. */
const assetsMaxAgeS = 31_536_000;

/**
 * Serves the pages for people, as `web/` builds them, and `/about`.
 *
 * @param folder where they were built.
 * @param pages those of them to serve.
 * @returns whether they have been built; if not, only `/about` is served.
 */
export async function servePages(
  http: FastifyInstance,
  folder: string,
  pages: readonly Page[],
  about: About,
): Promise<boolean> {
  http.get('/about', async () => ({ ...about, pages }));
  if (pages.length === 0) return true;
  if (!existsSync(join(folder, 'assets'))) return false;
  await http.register(fastifyStatic, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    index: false,
    preCompressed: true,
    immutable: true,
    maxAge: assetsMaxAgeS * 1_000,
  });
  for (const page of pages) {
    const own = pageHeaders(page === 'graphiql' ? servedWithEditor : served);
    http.get(addresses[page], (_request, reply) =>
      reply
        .headers({ ...own, vary: 'accept-encoding' })
        .sendFile('index.html', join(folder, page), { cacheControl: false }),
    );
  }
  return true;
}
