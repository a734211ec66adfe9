import { type ASTNode, GraphQLError, type ParseOptions } from 'graphql';
import type { Numbers } from '../../config/settings.ts';

/** What one operation may ask for at most, whichever way it comes. */
export interface OperationLimits {
  /** In the document's text, comments included. */
  characters: number;
  tokens: number;
  /** Fields within fields, fragments included. */
  depth: number;
  /** Fields and fragments, each time they are spread. */
  selections: number;
  aliases: number;
  directives: number;
  /** Entries of one list, in the document or in the variables. */
  list: number;
  /** Lists and objects within one another. */
  nesting: number;
  /** Everything in the variables. */
  variableValues: number;
  /** As `costOf` counts. */
  cost: number;
}

/** The names that `extensions.limit` may bear; a client may branch on them. */
export type LimitName = keyof OperationLimits | 'moneyMovingFields' | 'introspectionDepth';

/** The query that every tool asks about the contract is 15 deep, and has 240 selections. */
export const maxIntrospectionDepth = 20;

/** Of two one may fail, and a client that repeats the operation repeats both. */
export const maxMoneyMovingFields = 1;

/** Mistakes told at once; one more says that there are more. With `maskError` such an answer is below 16 KiB. */
export const maxMistakes = 10;

/** The limits that the configuration sets. */
export function toLimits(config: Numbers): OperationLimits {
  return {
    characters: config.graphqlMaxCharacters,
    tokens: config.graphqlMaxTokens,
    depth: config.graphqlMaxDepth,
    selections: config.graphqlMaxSelections,
    aliases: config.graphqlMaxAliases,
    directives: config.graphqlMaxDirectives,
    list: config.graphqlMaxList,
    nesting: config.graphqlMaxNesting,
    variableValues: config.graphqlMaxVariableValues,
    cost: config.graphqlMaxCost,
  };
}

/** What graphql's parser is told. */
export function toParseOptions({ characters, tokens }: OperationLimits): ParseOptions {
  return { maxSourceLength: characters, maxLexicalTokens: tokens };
}

/** A limit that is broken: `extensions.limit` says which, and what is allowed. */
export function beyond(name: LimitName, most: number, message: string, node?: ASTNode): GraphQLError {
  return new GraphQLError(`${message}: at most ${most}`, {
    nodes: node ?? null,
    // The status over HTTP; it isn't told.
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED', limit: { name, most }, http: { status: 400 } },
  });
}
