import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { beyond, maxIntrospectionDepth, maxMoneyMovingFields, type OperationLimits } from './limits.ts';

/** How much a set of selections comes to, its fragments spread. */
interface Extent {
  selections: number;
  aliases: number;
  /** Fields within fields; what is below `__schema` and `__type` isn't counted. */
  depth: number;
  /** Fields within fields from `__schema` or `__type` on. */
  introspectionDepth: number;
  /** Fields of the set itself that move money, if it is a mutation's. */
  moneyMovingFields: number;
}

/**
 * Whether the selections of each operation and fragment are within the limits. Each is looked at once, however often it is
 * spread, so that this takes time in proportion to the document's size.
 *
 * Neither types nor names are checked: this comes before graphql's own rules, some of which take time by the square.
 *
 * @returns the first limit that is broken.
 */
export function findTooManySelections(
  schema: GraphQLSchema,
  document: DocumentNode,
  limits: OperationLimits,
): GraphQLError | undefined {
  try {
    const extentOf = measuring(document, moneyMoversOf(schema));
    for (const definition of document.definitions) {
      if (!('selectionSet' in definition)) continue;
      const extent = extentOf(definition.selectionSet);
      const { selections, aliases, depth, introspectionDepth, moneyMovingFields } = extent;
      if (selections > limits.selections)
        return beyond('selections', limits.selections, 'Too many fields and fragments', definition);
      if (aliases > limits.aliases) return beyond('aliases', limits.aliases, 'Too many aliases', definition);
      // How deep a fragment goes counts from where it is spread, which may be below `__schema`.
      if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
      if (depth > limits.depth) return beyond('depth', limits.depth, 'Too many levels of fields', definition);
      if (introspectionDepth > maxIntrospectionDepth)
        return beyond('introspectionDepth', maxIntrospectionDepth, 'Too many levels of introspection', definition);
      if (definition.operation === OperationTypeNode.MUTATION && moneyMovingFields > maxMoneyMovingFields)
        return beyond('moneyMovingFields', maxMoneyMovingFields, 'Too many fields that move money', definition);
    }
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
  return undefined;
}

/** The mutations that bear `@movesMoney` in the contract. */
export function moneyMoversOf(schema: GraphQLSchema): Set<string> {
  const fields = Object.values(schema.getMutationType()?.getFields() ?? {});
  const movers = fields.filter(({ astNode }) => astNode?.directives?.some(({ name }) => name.value === 'movesMoney'));
  return new Set(movers.map(({ name }) => name));
}

/** @returns measures a set of selections; throws a GraphQLError where a fragment spreads itself. */
function measuring(document: DocumentNode, moneyMovers: ReadonlySet<string>): (set: SelectionSetNode) => Extent {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  /** By fragment; undefined while it is being measured. */
  const known = new Map<string, Extent | undefined>();

  function extentOf(set: SelectionSetNode): Extent {
    const total = { ...nothing };
    for (const selection of set.selections) {
      const one = extentOfOne(selection);
      total.selections += one.selections;
      total.aliases += one.aliases;
      total.depth = Math.max(total.depth, one.depth);
      total.introspectionDepth = Math.max(total.introspectionDepth, one.introspectionDepth);
      total.moneyMovingFields += one.moneyMovingFields;
    }
    return total;
  }

  function extentOfOne(selection: SelectionNode): Extent {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return oneMore(extentOfFragment(selection.name.value));
    if (selection.kind === Kind.INLINE_FRAGMENT) return oneMore(extentOf(selection.selectionSet));
    const name = selection.name.value;
    const below = selection.selectionSet === undefined ? nothing : extentOf(selection.selectionSet);
    const isIntrospection = name === '__schema' || name === '__type';
    return {
      selections: below.selections + 1,
      aliases: below.aliases + (selection.alias === undefined ? 0 : 1),
      depth: isIntrospection ? 1 : below.depth + 1,
      introspectionDepth: isIntrospection
        ? Math.max(below.depth, below.introspectionDepth) + 1
        : below.introspectionDepth && below.introspectionDepth + 1,
      moneyMovingFields: moneyMovers.has(name) ? 1 : 0,
    };
  }

  function extentOfFragment(name: string): Extent {
    if (known.has(name)) {
      const extent = known.get(name);
      if (extent === undefined) throw new GraphQLError(`Fragment "${name}" spreads itself`);
      return extent;
    }
    const fragment = fragments.get(name);
    if (fragment === undefined) return nothing;
    known.set(name, undefined);
    const extent = extentOf(fragment.selectionSet);
    known.set(name, extent);
    return extent;
  }

  return extentOf;
}

const nothing: Extent = { selections: 0, aliases: 0, depth: 0, introspectionDepth: 0, moneyMovingFields: 0 };

function oneMore(extent: Extent): Extent {
  return { ...extent, selections: extent.selections + 1 };
}
