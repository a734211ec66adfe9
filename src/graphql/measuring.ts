import { type ExecutionArgs, GraphQLError, getOperationAST, Kind, type OperationDefinitionNode } from 'graphql';
import { failSpan, inSpan, isTraced } from '../spans.ts';
import { codeOf } from './masking.ts';
import type { Perform } from './performing.ts';
import type { Subscribe } from './sharing.ts';

/** `unread`: refused before it was known what it is. */
export type OperationKind = 'query' | 'mutation' | 'subscription' | 'unread';

/** Told of each operation, for those who count: `OK` or the code of its first error, and after how long. It must not throw. */
export type OnOperation = (kind: OperationKind, outcome: string, durationMs: number) => void;

/** The same, each operation within a span of its own. */
export function measurePerform(perform: Perform, onOperation: OnOperation): Perform {
  return (args) => measure(args, onOperation, () => perform(args));
}

/** The same; the span ends when the stream has begun. */
export function measureSubscribe(subscribe: Subscribe, onOperation: OnOperation): Subscribe {
  return (args, createContext) => measure(args, onOperation, () => subscribe(args, createContext));
}

function measure<Result extends object>(
  { document, operationName }: Pick<ExecutionArgs, 'document' | 'operationName'>,
  onOperation: OnOperation,
  work: () => Promise<Result>,
): Promise<Result> {
  const operation = getOperationAST(document, operationName);
  const kind = operation?.operation ?? 'unread';
  const fields = isTraced() ? rootFieldsOf(operation) : [];
  const attributes = { 'graphql.operation.type': kind, 'graphql.root_fields': fields };
  const beganAt = performance.now();
  const tell = (outcome: string) => onOperation(kind, outcome, performance.now() - beganAt);
  return inSpan(`${kind} ${fields[0] ?? ''}`.trimEnd(), { attributes }, async (span) => {
    try {
      const result = await work();
      const [error] = ('errors' in result ? (result.errors as GraphQLError[] | undefined) : undefined) ?? [];
      if (error !== undefined) failSpan(span, codeOf(error));
      tell(error === undefined ? 'OK' : codeOf(error));
      return result;
    } catch (error) {
      tell(error instanceof GraphQLError ? codeOf(error) : 'INTERNAL_SERVER_ERROR');
      throw error;
    }
  });
}

/** More than these tell nobody more. */
const maxRootFields = 10;

/** By the names that the contract has for them: those of an operation and its aliases are its caller's words. */
function rootFieldsOf(operation: OperationDefinitionNode | null | undefined): string[] {
  const selections = operation?.selectionSet.selections ?? [];
  const names = selections.flatMap((one) => (one.kind === Kind.FIELD ? [one.name.value] : []));
  return [...new Set(names)].slice(0, maxRootFields);
}
