import {
  type DocumentNode,
  type ExecutionArgs,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { DocumentRequest } from './documents.ts';
import type { Cost } from './limits/cost.ts';
import { toParseOptions } from './limits/limits.ts';
import { assertAffordable, type OperationRules, toValidationOptions, toValidationRules } from './limits/rules.ts';

/** An operation as it is asked for. */
export interface OperationRequest extends DocumentRequest {
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
}

/** An operation that may be executed. */
export interface Operation extends ExecutionArgs {
  operation: OperationDefinitionNode;
  /** To be told as `extensions.cost`. */
  cost: Cost;
}

/** A document that holds to the rules, or what is wrong with it, with the codes that Apollo Server has for it. */
export function readDocument(
  schema: GraphQLSchema,
  text: string,
  rules: OperationRules,
): DocumentNode | readonly GraphQLError[] {
  let document: DocumentNode;
  try {
    document = parse(text, toParseOptions(rules.limits));
  } catch (error) {
    return coded('GRAPHQL_PARSE_FAILED', [error as GraphQLError]);
  }
  const all = [...specifiedRules, ...toValidationRules(rules)];
  const mistakes = validate(schema, document, all, toValidationOptions(rules));
  return mistakes.length > 0 ? coded('GRAPHQL_VALIDATION_FAILED', mistakes) : document;
}

/**
 * Which operation of a document is to be executed, or what is wrong with the request.
 *
 * @param document holds to the rules.
 */
export function readOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  { operationName, variables }: Pick<OperationRequest, 'operationName' | 'variables'>,
  rules: OperationRules,
): Operation | readonly GraphQLError[] {
  const operation = getOperationAST(document, operationName);
  if (!operation) return coded('OPERATION_RESOLUTION_FAILURE', [new GraphQLError('There is no such operation')]);
  let cost: Cost;
  try {
    cost = assertAffordable(schema, document, operation, variables ?? {}, rules);
  } catch (error) {
    return refusedBy(error);
  }
  const definitions = operation.variableDefinitions ?? [];
  const { errors } = getVariableValues(schema, definitions, variables ?? {}, toValidationOptions(rules));
  if (errors !== undefined) return coded('BAD_USER_INPUT', errors);
  return { schema, document, operationName, variableValues: variables, operation, cost };
}

/** What was thrown at a request, if it is the request's own mistake. */
export function refusedBy(error: unknown): GraphQLError[] {
  if (error instanceof GraphQLError) return [error];
  throw error;
}

function coded(code: string, errors: readonly GraphQLError[]): GraphQLError[] {
  return errors.map((error) => {
    const place = { nodes: error.nodes ?? null, source: error.source ?? null, positions: error.positions ?? null };
    return new GraphQLError(error.message, { ...place, extensions: { ...error.extensions, code } });
  });
}
