/** Part of `npm ci`: makes the migrated, empty database that first starts and tests load. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { emptyDatabase } from './embedded.ts';
import { migrate } from './migrate.ts';

const pglite = await PGlite.create();
await migrate(pglite);
const dump = await pglite.dumpDataDir('none');
await mkdir(dirname(emptyDatabase), { recursive: true });
await writeFile(emptyDatabase, new Uint8Array(await dump.arrayBuffer()));
await pglite.close();
