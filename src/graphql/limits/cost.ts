import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** What an operation comes to, as `extensions.cost` tells it. */
export interface Cost {
  requested: number;
  limit: number;
}

type Variables = Readonly<Record<string, unknown>>;
type Type = GraphQLNamedType | null | undefined;

/** What a set of selections comes to: `once` for each object, and `each` for each entry of the lists in it. */
interface Part {
  once: number;
  each: number;
}

/** Entries that a list is taken to have where no `first` says how many. */
export const assumedListSize = 10;

/**
 * How many fields the answer to an operation may have at most. A field counts once, and what is below a list as often as
 * `first` says, which is an argument of the connection that the list is in; without it, ten times. A picture counts as more. Introspection counts each
 * field once: its answer is as long as the contract, whoever asks.
 *
 * @param document has passed graphql's rules.
 * @param variables as JSON has them; a `first` that is no number counts as absent, and is refused where it is read.
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const known = new Map<string, Part>();

  function partOf(set: SelectionSetNode | undefined, type: Type): Part {
    const total = { once: 0, each: 0 };
    for (const selection of set?.selections ?? []) {
      const { once, each } = partOfOne(selection, type);
      total.once += once;
      total.each += each;
    }
    return total;
  }

  function partOfOne(selection: SelectionNode, type: Type): Part {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return partOfFragment(selection.name.value);
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition?.name.value;
      return partOf(selection.selectionSet, condition === undefined ? type : schema.getType(condition));
    }
    const field = type && 'getFields' in type ? type.getFields()[selection.name.value] : undefined;
    const { once, each } = partOf(selection.selectionSet, field && getNamedType(field.type));
    const isList = field !== undefined && isListType(getNullableType(field.type));
    if (isList) return { once: 1, each: once + each * assumedListSize };
    if (field === undefined || !('args' in field)) return { once: 1 + once + each * assumedListSize, each: 0 };
    const saying = { field, node: selection, operation, variables };
    return { once: 1 + drawingCostOf(saying) + once + each * sizeOf(saying), each: 0 };
  }

  function partOfFragment(name: string): Part {
    const former = known.get(name);
    if (former !== undefined) return former;
    const fragment = fragments.get(name);
    const part = partOf(fragment?.selectionSet, fragment && schema.getType(fragment.typeCondition.name.value));
    known.set(name, part);
    return part;
  }

  const { once, each } = partOf(operation.selectionSet, schema.getRootType(operation.operation));
  return once + each * assumedListSize;
}

/** What is said of a field beside its name. */
interface Saying {
  field: GraphQLField<unknown, unknown>;
  node: FieldNode;
  operation: OperationDefinitionNode;
  variables: Variables;
}

/** How long the lists of a connection are at most. */
function sizeOf(saying: Saying): number {
  const first = argumentOf(saying, 'first');
  if (typeof first === 'number') return Math.max(1, first);
  const usual = defaultOf(saying.field, 'first');
  return typeof usual === 'number' ? usual : assumedListSize;
}

/** What a picture adds, by the work that it takes; 0 for any other field. */
function drawingCostOf(saying: Saying): number {
  const { field } = saying;
  if (!field.astNode?.directives?.some(({ name }) => name.value === 'draws')) return 0;
  if ((argumentOf(saying, 'format') ?? defaultOf(field, 'format')) !== 'PNG') return svgCost;
  const size = argumentOf(saying, 'size');
  const side = typeof size === 'number' ? size : Number(defaultOf(field, 'size'));
  return Math.ceil(side ** 2 / pixelsPerField);
}

const svgCost = 20;
const pixelsPerField = 2_000;

/** A number or a word; undefined where there is neither. */
function argumentOf({ node, operation, variables }: Saying, argument: string): unknown {
  let value = node.arguments?.find(({ name }) => name.value === argument)?.value;
  if (value?.kind === Kind.VARIABLE) {
    const name = value.name.value;
    const given = variables[name];
    if (given !== undefined) return given;
    value = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name)?.defaultValue;
  }
  if (value?.kind === Kind.INT) return Number(value.value);
  return value?.kind === Kind.ENUM ? value.value : undefined;
}

function defaultOf(field: GraphQLField<unknown, unknown>, argument: string): unknown {
  return field.args.find(({ name }) => name === argument)?.defaultValue;
}
