import { readFile } from 'node:fs/promises';
import type { Config } from '../config.ts';
import { createDocuments, readManifest } from '../graphql/documents.ts';
import { toLimits } from '../graphql/limits/limits.ts';
import type { OperationRules } from '../graphql/limits/rules.ts';

/**
 * What holds for operations on every transport.
 *
 * @throws Error the file of trusted documents can't be read.
 */
export async function readRules(config: Config): Promise<OperationRules> {
  const limits = toLimits(config);
  const { trustedDocuments, persistedQueries } = config;
  const documents = createDocuments({
    trusted: trustedDocuments === undefined ? undefined : await readTrusted(trustedDocuments),
    persisted: persistedQueries,
    maxCharacters: limits.characters,
  });
  return { documents, limits, introspection: config.introspection };
}

async function readTrusted(path: string): Promise<Map<string, string>> {
  try {
    return readManifest(await readFile(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`TRUSTED_DOCUMENTS can't be read: ${reason}`, { cause });
  }
}
