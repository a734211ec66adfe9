import { createHash } from 'node:crypto';
import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../model/caller.ts';
import { createAccess } from './access.ts';
import type { OperationRules } from './limits/rules.ts';
import { type Operation, type OperationRequest, readDocument, readOperation, refusedBy } from './operation.ts';

/** An operation that its caller may have done, and the text of the document that it is of. */
export interface Admitted extends Operation {
  text: string;
}

/** What every operation passes before anything of it is done, the same on every transport. */
export interface Admission {
  /**
   * The operation that is meant, if its caller may have it done, or why not: which document it is of, what that asks for, what
   * its variables come to, and whether the caller may see each field, in this order.
   */
  read(request: OperationRequest, caller: Caller): Admitted | readonly GraphQLError[];
  /** The document of an operation that somebody was let in with lately, by the SHA-256 of its text in hex. */
  findDocument(hash: string): DocumentNode | undefined;
  /** @throws GraphQLError FORBIDDEN the caller may no longer have it done. */
  checkAgain(operation: Pick<Operation, 'document' | 'operation'>, caller: Caller): void;
}

/** What is remembered in all, in bytes; a syntax tree is a hundred times its text. */
const maxRememberedBytes = 33_554_432;
/** Seen: 231 MB for 1,000 documents of 590 tokens each. */
const bytesPerToken = 400;

export function createAdmission(schema: GraphQLSchema, rules: OperationRules): Admission {
  const access = createAccess(schema);
  const known = new LRUCache<string, Remembered>({
    maxSize: maxRememberedBytes,
    dispose: ({ hash }) => byHash.delete(hash),
  });
  const byHash = new Map<string, DocumentNode>();

  function read(request: OperationRequest, caller: Caller): Admitted | readonly GraphQLError[] {
    const text = rules.documents.resolve(request);
    const remembered = known.get(text);
    const document = remembered?.document ?? readDocument(schema, text, rules);
    if (!('kind' in document)) return document;
    const operation = readOperation(schema, document, request, rules);
    if (!('document' in operation)) return operation;
    access.check(document, operation.operation, caller);
    // Only now: whoever is refused shall not fill the memory.
    const { text: ours } = remembered ?? remember(text, document);
    return { ...operation, text: ours };
  }

  function remember(text: string, document: DocumentNode): Remembered {
    const hash = createHash('sha256').update(text).digest('hex');
    const remembered = { text, document, hash };
    known.set(text, remembered, { size: sizeOf(document, text) });
    byHash.set(hash, document);
    return remembered;
  }

  return {
    read(request, caller) {
      try {
        return read(request, caller);
      } catch (error) {
        return refusedBy(error);
      }
    },
    findDocument: (hash) => byHash.get(hash),
    checkAgain: ({ document, operation }, caller) => access.check(document, operation, caller),
  };
}

/** A stream keeps its text for as long as it goes on: one for all who ask in the same words. */
interface Remembered {
  text: string;
  document: DocumentNode;
  hash: string;
}

function sizeOf({ tokenCount }: DocumentNode, text: string): number {
  return text.length + (tokenCount ?? text.length) * bytesPerToken;
}
