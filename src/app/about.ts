import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { About } from '../server/pages.ts';

const root = join(import.meta.dirname, '../..');

/** Where the pages are once they are built. */
export const builtPages = join(root, 'web/dist');

/** What a gateway says of itself. */
export function aboutOf({ xenditSecretKey, isLive, isOpen, introspection }: Config): About {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const mode = xenditSecretKey === undefined ? 'sandbox' : isLive ? 'live' : 'test';
  return { mode, isOpen, introspection, version };
}
