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
 * `first` says, which is an argument of the connection that the list is in; without it, ten times. Introspection counts each
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
    const size = field && 'args' in field ? sizeOf(field, selection, operation, variables) : assumedListSize;
    return { once: 1 + once + each * size, each: 0 };
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

/** How long the lists of a connection are at most. */
function sizeOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  const first = field.args.find(({ name }) => name === 'first');
  let value = node.arguments?.find(({ name }) => name.value === 'first')?.value;
  if (value?.kind === Kind.VARIABLE) {
    const name = value.name.value;
    const given = variables[name];
    if (typeof given === 'number') return Math.max(1, given);
    if (given === undefined)
      value = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name)?.defaultValue;
  }
  if (value?.kind === Kind.INT) return Math.max(1, Number(value.value));
  return typeof first?.defaultValue === 'number' ? first.defaultValue : assumedListSize;
}
