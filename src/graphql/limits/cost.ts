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
  type ValueNode,
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
 * `first` says, which is an argument of the connection that the list is in, or as there are `representations` to be found;
 * without either, ten times. A picture counts as more. Introspection counts each field once: its answer is as long as the
 * contract, whoever asks.
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
  const constant = constants.get(operation);
  if (constant !== undefined) return constant;
  let isConstant = true;
  const onVariable = () => {
    isConstant = false;
  };
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
    const ofOne = once + each * assumedListSize;
    if (field === undefined || !('args' in field)) return { once: 1 + ofOne, each: 0 };
    const saying = { field, node: selection, operation, variables, onVariable };
    if (field.name === '_entities') return { once: 1 + ofOne * lengthOf(saying, 'representations'), each: 0 };
    if (isListType(getNullableType(field.type))) return { once: 1, each: ofOne };
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
  const cost = once + each * assumedListSize;
  if (isConstant) constants.set(operation, cost);
  return cost;
}

/** What operations come to that come to the same whatever their variables are: nearly all are asked again and again. */
const constants = new WeakMap<OperationDefinitionNode, number>();

/** What is said of a field beside its name. */
interface Saying {
  field: GraphQLField<unknown, unknown>;
  node: FieldNode;
  operation: OperationDefinitionNode;
  variables: Variables;
  /** Told when it depends on a variable. */
  onVariable: () => void;
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
function argumentOf(saying: Saying, argument: string): unknown {
  const { given, written } = argumentIn(saying, argument);
  if (given !== undefined) return given;
  if (written?.kind === Kind.INT) return Number(written.value);
  return written?.kind === Kind.ENUM ? written.value : undefined;
}

/** How many entries a list has; what stands for a list counts as one entry. */
function lengthOf(saying: Saying, argument: string): number {
  const { given, written } = argumentIn(saying, argument);
  if (Array.isArray(given)) return given.length;
  return given === undefined && written?.kind === Kind.LIST ? written.values.length : 1;
}

/** What an argument is given by a variable, or else what is written for it. */
function argumentIn(
  { node, operation, variables, onVariable }: Saying,
  argument: string,
): { given?: unknown; written?: ValueNode | undefined } {
  const value = node.arguments?.find(({ name }) => name.value === argument)?.value;
  if (value?.kind !== Kind.VARIABLE) return { written: value };
  onVariable();
  const name = value.name.value;
  if (variables[name] !== undefined) return { given: variables[name] };
  return { written: operation.variableDefinitions?.find(({ variable }) => variable.name.value === name)?.defaultValue };
}

function defaultOf(field: GraphQLField<unknown, unknown>, argument: string): unknown {
  return field.args.find(({ name }) => name === argument)?.defaultValue;
}
