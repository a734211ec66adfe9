import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';

/** As `execute` of graphql-js. */
export type Execute = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

/** How often an operation is executed before a function is made for it, which takes as long as executing it a hundred times. */
const compileAfter = 10;
/** How many functions are kept. */
const maxCompiled = 500;

/**
 * Executes operations, and what the messages of a stream tell. What is executed again and again is so by a function made for its
 * document, which takes a fifth of the time; the answers are the same. A mutation never is.
 */
export function createExecute(after = compileAfter): Execute {
  const compiled = new LRUCache<OperationDefinitionNode, CompiledQuery | false>({ max: maxCompiled });
  const asked = new WeakMap<OperationDefinitionNode, number>();

  function find({ schema, document, operationName }: ExecutionArgs): CompiledQuery | false {
    const operation = getOperationAST(document, operationName);
    if (operation === null || operation === undefined || operation.operation === 'mutation') return false;
    const known = compiled.get(operation);
    if (known !== undefined) return known;
    const times = (asked.get(operation) ?? 0) + 1;
    asked.set(operation, times);
    if (times < after) return false;
    const made = isCompilable(document) && compileQuery(schema, document, operation.name?.value);
    const query = made && isCompiledQuery(made) ? made : false;
    compiled.set(operation, query);
    return query;
  }

  return (args) => {
    const query = find(args);
    if (query === false) return execute(args);
    const result = query.query(args.rootValue, args.contextValue, args.variableValues ?? {});
    return result instanceof Promise ? result.then(withCauses) : withCauses(result as ExecutionResult);
  };
}

/**
 * Texts and fractions that are written in a document would become a part of the function's source, where graphql-jit takes some
 * of them for code; and an answer named `__proto__` would get lost.
 */
function isCompilable(document: DocumentNode): boolean {
  let isFine = true;
  const refuse = () => {
    isFine = false;
  };
  visit(document, {
    [Kind.STRING]: refuse,
    [Kind.FLOAT]: refuse,
    Name: ({ value }) => void (value === '__proto__' && refuse()),
  });
  return isFine;
}

/** What only graphql-jit itself finds wrong with an answer has no cause there; with graphql-js it is a fault like any other. */
function withCauses(result: ExecutionResult): ExecutionResult {
  const errors = result.errors?.map((error) => {
    if (error.originalError != null) return error;
    return new GraphQLError(error.message, { path: error.path, originalError: new Error(error.message) });
  });
  return errors === undefined ? result : { ...result, errors };
}
