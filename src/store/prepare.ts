/** Part of `npm ci`: makes the migrated, empty database that first starts and tests copy. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { emptyDatabase } from './embedded.ts';
import { migrate } from './migrate.ts';

const making = `${emptyDatabase}.making`;
await rm(making, { recursive: true, force: true });
await mkdir(dirname(making), { recursive: true });
const pglite = await PGlite.create({ dataDir: making });
await migrate(pglite);
await pglite.close();
await rm(emptyDatabase, { recursive: true, force: true });
await rename(making, emptyDatabase);
