import { createHash } from 'node:crypto';
import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../model/caller.ts';
import { createAccess } from './access.ts';
import type { DocumentRequest } from './documents.ts';
import type { OperationRules } from './limits/rules.ts';
import { type Operation, type OperationRequest, readDocument, readOperation, refusedBy } from './operation.ts';

/** A document that holds to the rules. */
export interface ReadDocument {
  text: string;
  document: DocumentNode;
}

type Mistakes = readonly GraphQLError[];

/** What every operation passes before anything of it is done, the same on every transport. */
export interface Admission {
  /** The document that is meant, or what is wrong with it. */
  readDocument(request: DocumentRequest): ReadDocument | Mistakes;
  /** One that was read lately, by the SHA-256 of its text in hex. */
  findDocument(hash: string): DocumentNode | undefined;
  /** One operation of a document, if its caller may have it done, or why not. */
  readOperation(
    document: DocumentNode,
    request: Pick<OperationRequest, 'operationName' | 'variables'>,
    caller: Caller,
  ): Operation | Mistakes;
  /** Both of it. */
  read(request: OperationRequest, caller: Caller): Operation | Mistakes;
  /** @throws GraphQLError FORBIDDEN the caller may no longer have it done. */
  checkAgain(operation: Pick<Operation, 'document' | 'operation'>, caller: Caller): void;
}

/** Documents that are remembered once they were found to hold to the rules, and the characters in all of them. */
const most = { documents: 1_000, characters: 4_194_304 };

export function createAdmission(schema: GraphQLSchema, rules: OperationRules): Admission {
  const access = createAccess(schema);
  const known = new LRUCache<string, DocumentNode>({ max: most.documents, maxSize: most.characters });

  function find(request: DocumentRequest): ReadDocument | Mistakes {
    const text = rules.documents.resolve(request);
    const hash = createHash('sha256').update(text).digest('hex');
    const document = known.get(hash) ?? readDocument(schema, text, rules);
    if (!('kind' in document)) return document;
    known.set(hash, document, { size: text.length });
    return { text, document };
  }

  const admission: Admission = {
    readDocument(request) {
      try {
        return find(request);
      } catch (error) {
        return refusedBy(error);
      }
    },
    findDocument: (hash) => known.get(hash),
    readOperation(document, request, caller) {
      const operation = readOperation(schema, document, request, rules);
      if (!('document' in operation)) return operation;
      try {
        admission.checkAgain(operation, caller);
      } catch (error) {
        return refusedBy(error);
      }
      return operation;
    },
    read(request, caller) {
      const read = admission.readDocument(request);
      return 'document' in read ? admission.readOperation(read.document, request, caller) : read;
    },
    checkAgain: ({ document, operation }, caller) => access.check(document, operation, caller),
  };
  return admission;
}
