import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';

/** How a caller says which document it means; an empty `query` counts as absent. */
export interface DocumentRequest {
  query?: string | null | undefined;
  /** The hash of a trusted document. */
  documentId?: unknown;
  /** `persistedQuery` in it, as Apollo's clients send it. */
  extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

/** The documents that may be meant without being sent. */
export interface Documents {
  /**
   * Finds the text of the document that is meant.
   *
   * @throws GraphQLError PERSISTED_QUERY_NOT_FOUND send the text together with its hash, and it is remembered;
   * PERSISTED_QUERY_NOT_SUPPORTED send the text alone; PERSISTED_QUERY_MISMATCH the hash is another text's;
   * DOCUMENT_NOT_TRUSTED this document may not run; BAD_REQUEST no document is named.
   */
  resolve(request: DocumentRequest): string;
}

export interface DocumentOptions {
  /** By the hash that clients send, whatever it was made with; undefined: any document may run. */
  trusted: ReadonlyMap<string, string> | undefined;
  /** How many documents are remembered by their hash; 0: none, and with trusted documents none either. */
  persisted: number;
  /** A longer text isn't remembered, since it may not run. */
  maxCharacters: number;
}

/** In all that is remembered. */
const maxRememberedCharacters = 8_388_608;

/** Documents that were written down before, or that clients have made known. */
export function createDocuments({ trusted, persisted, maxCharacters }: DocumentOptions): Documents {
  if (trusted !== undefined) return trustOnly(trusted);
  return persisted === 0 ? { resolve: readText } : remember(persisted, maxCharacters);
}

/**
 * Reads the manifest that graphql-codegen's client preset writes: a JSON object of hash and document.
 *
 * @throws Error it is something else, or empty.
 */
export function readManifest(json: string): Map<string, string> {
  const manifest: unknown = JSON.parse(json);
  const entries = typeof manifest === 'object' && manifest !== null ? Object.entries(manifest) : [];
  if (Array.isArray(manifest) || entries.length === 0 || entries.some(([, text]) => typeof text !== 'string'))
    throw new Error('A manifest of trusted documents is a JSON object of hash and document');
  return new Map(entries);
}

/** Only these run, by whichever name; the text counts alone, so that no operation's name or alias makes another one of it. */
function trustOnly(trusted: ReadonlyMap<string, string>): Documents {
  const byHash = new Map(trusted);
  for (const text of trusted.values()) byHash.set(hashOf(text), text);
  const texts = new Set(trusted.values());
  return {
    resolve(request) {
      const { query, documentId } = request;
      const hash = documentId ?? persistedHashOf(request);
      const named = typeof hash === 'string' ? byHash.get(hash.replace(/^sha256:/, '')) : undefined;
      const text = query ? query : named;
      const isNamed = hash == null || named === text;
      if (text === undefined || !texts.has(text) || !isNamed)
        throw refusal('DOCUMENT_NOT_TRUSTED', 'Only documents that this gateway was given may run');
      return text;
    },
  };
}

/** Automatic persisted queries: what was sent with its hash may be sent as its hash. */
function remember(most: number, maxCharacters: number): Documents {
  const known = new LRUCache<string, string>({
    max: most,
    maxSize: maxRememberedCharacters,
    sizeCalculation: (text) => text.length,
  });
  return {
    resolve(request) {
      const hash = persistedHashOf(request);
      if (hash === undefined) return readText(request);
      const { query } = request;
      if (!query) {
        const text = known.get(hash);
        // Clients look for these very words.
        if (text === undefined) throw refusal('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound', 200);
        return text;
      }
      if (hashOf(query) !== hash) throw refusal('PERSISTED_QUERY_MISMATCH', 'The hash is not that of the document');
      if (query.length <= maxCharacters) known.set(hash, query);
      return query;
    },
  };
}

function readText(request: DocumentRequest): string {
  if (request.query) return request.query;
  if (persistedHashOf(request) !== undefined)
    throw refusal('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported', 200);
  throw refusal('BAD_REQUEST', 'Send a document as `query`');
}

/** @throws GraphQLError it is of another version, or no hash. */
function persistedHashOf({ extensions }: DocumentRequest): string | undefined {
  const persisted = extensions?.persistedQuery;
  if (persisted == null) return undefined;
  const { version, sha256Hash } = persisted as { version?: unknown; sha256Hash?: unknown };
  if (version !== 1 || typeof sha256Hash !== 'string')
    throw refusal('BAD_REQUEST', '`persistedQuery` has version 1 and a sha256Hash');
  return sha256Hash;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function refusal(code: string, message: string, status = 400): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status } } });
}
