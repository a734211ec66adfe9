/** `npm run migration -- NAME` writes the SQL that takes the newest migration to `schema.prisma`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrationsFolder } from '../src/store/migrate.ts';
import { schemaDrift } from './drift.ts';

const name = process.argv[2];
if (name === undefined || !/^[a-z0-9_]+$/.test(name)) throw new Error('usage: npm run migration -- name_in_snake_case');
const sql = await schemaDrift();
if (sql === '') {
  console.log('The migrations already say what schema.prisma says.');
} else {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const folder = join(migrationsFolder, `${stamp}_${name}`);
  await mkdir(folder);
  await writeFile(join(folder, 'migration.sql'), sql);
  console.log(`Wrote ${folder}/migration.sql: read it before it is committed.`);
}
