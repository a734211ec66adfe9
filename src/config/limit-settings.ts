import type { Setting } from './setting.ts';

/** What one GraphQL operation may ask for, on any transport. */
export const limitSettings = [
  {
    name: 'GRAPHQL_MAX_CHARACTERS',
    default: '10000',
    unit: 'characters',
    range: [100, 100_000],
    meaning: 'in the text of a document at most, comments included',
  },
  {
    name: 'GRAPHQL_MAX_TOKENS',
    default: '1000',
    unit: 'tokens',
    range: [100, 5_000],
    meaning: 'in a document at most: names, brackets, values',
  },
  {
    name: 'GRAPHQL_MAX_DEPTH',
    default: '10',
    unit: 'levels',
    range: [1, 100],
    meaning: 'of fields within fields at most, fragments included; below `__schema` and `__type` 20',
  },
  {
    name: 'GRAPHQL_MAX_SELECTIONS',
    default: '300',
    unit: 'selections',
    range: [1, 5_000],
    meaning: 'in an operation at most: fields and fragments, each time they are spread',
  },
  {
    name: 'GRAPHQL_MAX_ALIASES',
    default: '15',
    unit: 'aliases',
    range: [0, 5_000],
    meaning: 'in an operation at most, each time a fragment is spread',
  },
  {
    name: 'GRAPHQL_MAX_DIRECTIVES',
    default: '20',
    unit: 'directives',
    range: [0, 5_000],
    meaning: 'in a document at most, wherever they stand',
  },
  {
    name: 'GRAPHQL_MAX_LIST',
    default: '100',
    unit: 'entries',
    range: [1, 5_000],
    meaning: 'in one list of an input at most, written in the document or given by variables',
  },
  {
    name: 'GRAPHQL_MAX_NESTING',
    default: '20',
    unit: 'levels',
    range: [1, 100],
    meaning: 'of lists and objects within one another at most, in a document’s values and in variables',
  },
  {
    name: 'GRAPHQL_MAX_VARIABLE_VALUES',
    default: '1000',
    unit: 'values',
    range: [1, 100_000],
    meaning: 'in the variables at most, those in lists and objects included',
  },
  {
    name: 'GRAPHQL_MAX_COST',
    default: '5000',
    unit: 'fields',
    range: [1, 1_000_000],
    meaning:
      'that an operation may come to at most: what is below a list counts as often as `first` says, or ten times; a picture counts 21 as SVG, up to 106 as PNG',
  },
  {
    name: 'INTROSPECTION',
    default: undefined,
    meaning:
      '`on` or `off`: whether callers may ask what the contract is, and are told which name they may have meant; off with a live key unless set',
  },
  {
    name: 'TRUSTED_DOCUMENTS',
    default: undefined,
    meaning:
      'file of the only documents that may run: the `persisted-documents.json` that graphql-codegen’s client preset writes',
  },
  {
    name: 'PERSISTED_QUERIES',
    default: '1000',
    unit: 'documents',
    range: [0, 100_000],
    meaning: 'that are remembered by their hash for clients that send it alone (automatic persisted queries); 0: none',
  },
] as const satisfies readonly Setting[];
