import {
  type DocumentNode,
  type ExecutionArgs,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  parse,
  validate,
} from 'graphql';

/** An operation as it is asked for. */
export interface OperationRequest {
  query: string;
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
}

/**
 * What is to be executed, or what is wrong with the request, with the codes that Apollo Server gives over HTTP.
 */
export function readOperation(schema: GraphQLSchema, request: OperationRequest): ExecutionArgs | GraphQLError[] {
  const { query, operationName, variables } = request;
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch (error) {
    return coded('GRAPHQL_PARSE_FAILED', [error as GraphQLError]);
  }
  const mistakes = validate(schema, document);
  if (mistakes.length > 0) return coded('GRAPHQL_VALIDATION_FAILED', mistakes);
  const operation = getOperationAST(document, operationName);
  if (!operation) return coded('OPERATION_RESOLUTION_FAILURE', [new GraphQLError('There is no such operation')]);
  const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {}, { maxErrors: 50 });
  if (errors !== undefined) return coded('BAD_USER_INPUT', errors);
  return { schema, document, operationName, variableValues: variables };
}

function coded(code: string, errors: readonly GraphQLError[]): GraphQLError[] {
  return errors.map((error) => {
    const place = { nodes: error.nodes ?? null, source: error.source ?? null, positions: error.positions ?? null };
    return new GraphQLError(error.message, { ...place, extensions: { ...error.extensions, code } });
  });
}
