import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { migrate } from '../src/store/migrate.ts';

/**
 * What is missing in the migrations to reach `schema.prisma`, as SQL; empty when they agree.
 * Needs no server and no download: the schema engine is WebAssembly and the database is in memory.
 */
export async function schemaDrift(): Promise<string> {
  const content = await readFile(join(import.meta.dirname, 'schema.prisma'), 'utf8');
  const files = [{ path: 'schema.prisma', content }];
  const database = await PGlite.create();
  try {
    await migrate(database);
    const adapters = bindMigrationAwareSqlAdapterFactory(new PrismaPGlite(database));
    const engine = await SchemaEngine.new({ datamodels: [['schema.prisma', content]] }, () => {}, adapters);
    const { stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: '.' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return stdout?.includes('This is an empty migration') ? '' : (stdout ?? '');
  } finally {
    await database.close();
  }
}
