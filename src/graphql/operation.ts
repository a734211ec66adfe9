import {
  type DocumentNode,
  type ExecutionArgs,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { DocumentRequest } from './documents.ts';
import type { Cost } from './limits/cost.ts';
import { maxMistakes, toParseOptions } from './limits/limits.ts';
import { assertAffordable, type OperationRules, toValidationOptions, toValidationRules } from './limits/rules.ts';

/** An operation as it is asked for. */
export interface OperationRequest extends DocumentRequest {
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
}

/** An operation that may be executed. */
export interface Operation extends ExecutionArgs {
  /** To be told as `extensions.cost`. */
  cost: Cost;
}

/**
 * What is to be executed, or what is wrong with the request, with the codes that Apollo Server gives over HTTP.
 */
export function readOperation(
  schema: GraphQLSchema,
  request: OperationRequest,
  rules: OperationRules,
): Operation | GraphQLError[] {
  const { operationName, variables } = request;
  let query: string;
  try {
    query = rules.documents.resolve(request);
  } catch (error) {
    return refusedBy(error);
  }
  let document: DocumentNode;
  try {
    document = parse(query, toParseOptions(rules.limits));
  } catch (error) {
    return coded('GRAPHQL_PARSE_FAILED', [error as GraphQLError]);
  }
  // Apollo Server has them in this order too, so that the first mistake is the same everywhere.
  const all = [...specifiedRules, ...toValidationRules(rules)];
  const mistakes = validate(schema, document, all, toValidationOptions(rules));
  if (mistakes.length > 0) return coded('GRAPHQL_VALIDATION_FAILED', mistakes);
  const operation = getOperationAST(document, operationName);
  if (!operation) return coded('OPERATION_RESOLUTION_FAILURE', [new GraphQLError('There is no such operation')]);
  let cost: Cost;
  try {
    cost = assertAffordable(schema, document, operation, variables ?? {}, rules);
  } catch (error) {
    return refusedBy(error);
  }
  const definitions = operation.variableDefinitions ?? [];
  const { errors } = getVariableValues(schema, definitions, variables ?? {}, { maxErrors: maxMistakes });
  if (errors !== undefined) return coded('BAD_USER_INPUT', errors);
  return { schema, document, operationName, variableValues: variables, cost };
}

function refusedBy(error: unknown): GraphQLError[] {
  if (error instanceof GraphQLError) return [error];
  throw error;
}

function coded(code: string, errors: readonly GraphQLError[]): GraphQLError[] {
  return errors.map((error) => {
    const place = { nodes: error.nodes ?? null, source: error.source ?? null, positions: error.positions ?? null };
    return new GraphQLError(error.message, { ...place, extensions: { ...error.extensions, code } });
  });
}
