import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  type ValidationRule,
} from 'graphql';
import type { Documents } from '../documents.ts';
import { type Cost, costOf } from './cost.ts';
import { findTooManyVariables, findTooMuchWritten } from './inputs.ts';
import { beyond, maxMistakes, type OperationLimits } from './limits.ts';
import { findTooManySelections } from './selections.ts';

/** What holds for every operation, whichever way it comes. */
export interface OperationRules {
  /** Which documents may run, and by which names. */
  documents: Documents;
  limits: OperationLimits;
  /** Whether callers may ask what the contract is; otherwise errors suggest no names either. */
  introspection: boolean;
}

/**
 * The rules to be checked together with graphql's own.
 *
 * The first takes no more time than the document is long, and is done when graphql's rules have seen nothing but the document's
 * beginning; once it has found something it takes the document away from them, since some take time by the square of its size.
 */
export function toValidationRules({ limits, introspection }: Omit<OperationRules, 'documents'>): ValidationRule[] {
  const limitRule: ValidationRule = (context) => ({
    Document(document) {
      const breach =
        findTooMuchWritten(document, limits) ?? findTooManySelections(context.getSchema(), document, limits);
      if (breach === undefined) return undefined;
      context.reportError(breach);
      return null;
    },
  });
  return introspection ? [limitRule] : [limitRule, NoSchemaIntrospectionCustomRule, noContractRule];
}

/** What `_service` tells a router is what introspection tells. */
const noContractRule: ValidationRule = (context) => ({
  Field(node) {
    if (getNamedType(context.getType())?.name !== '_Service') return;
    context.reportError(
      new GraphQLError('GraphQL introspection is not allowed, but the query contained _service', { nodes: node }),
    );
  },
});

/** What graphql's validation, of documents and of variables, is told. */
export function toValidationOptions({ introspection }: Pick<OperationRules, 'introspection'>): {
  maxErrors: number;
  hideSuggestions: boolean;
} {
  return { maxErrors: maxMistakes, hideSuggestions: !introspection };
}

/**
 * Checks what only the variables tell, before they are read and anything runs.
 *
 * @param document has passed the rules.
 * @throws GraphQLError the variables are too many or too deep, or the operation costs too much.
 */
export function assertAffordable(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  { limits }: Pick<OperationRules, 'limits'>,
): Cost {
  const breach = findTooManyVariables(variables, limits);
  if (breach !== undefined) throw breach;
  const requested = costOf(schema, document, operation, variables);
  if (requested > limits.cost) throw beyond('cost', limits.cost, `Too much to ask for: ${requested} fields`, operation);
  return { requested, limit: limits.cost };
}
