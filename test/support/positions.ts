import { getDirective } from '@graphql-tools/utils';
import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';

/**
 * A place of the graph where a caller names something: an id, a name, a key or a cursor. For each key of an entity there is one, as
 * `Query._entities(representations.QrCode.externalId)`.
 */
export interface Position {
  /** As `Mutation.createRefund(input.of.qrPaymentId)`. */
  name: string;
  parent: string;
  field: GraphQLField<unknown, unknown>;
  /** The argument, and the fields of inputs below it. */
  path: string[];
}

/** Every position of a graph, at whatever depth. */
export function positionsOf(schema: GraphQLSchema): Position[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !isIntrospectionType(type))
    .flatMap((type) =>
      isObjectType(type)
        ? Object.values(type.getFields()).flatMap((field) => positionsIn(schema, type.name, field))
        : [],
    );
}

function positionsIn(schema: GraphQLSchema, parent: string, field: GraphQLField<unknown, unknown>): Position[] {
  const walk = (type: GraphQLInputType, path: string[]): string[][] => {
    const named = getNamedType(type);
    if (isInputObjectType(named)) {
      return Object.values(named.getFields()).flatMap((inner) => walk(inner.type, [...path, inner.name]));
    }
    if (named.name === '_Any') return keysOf(schema).map((key) => [...path, ...key]);
    return namesSomething(named, path.at(-1) ?? '') ? [path] : [];
  };
  return field.args
    .flatMap(({ type, name }) => walk(type, [name]))
    .map((path) => ({ name: `${parent}.${field.name}(${path.join('.')})`, parent, field, path }));
}

/** The keys of all entities, each as its type and the name of its field. */
function keysOf(schema: GraphQLSchema): [type: string, key: string][] {
  return Object.values(schema.getTypeMap()).flatMap((type) =>
    (getDirective(schema, type, 'key') ?? []).map(({ fields }): [string, string] => [type.name, fields as string]),
  );
}

function namesSomething({ name: type }: GraphQLNamedType, name: string): boolean {
  return type === 'ID' || type === 'Cursor' || (type === 'String' && /(id|key|reference|cursor)s?$/i.test(name));
}

/**
 * All that can be asked of a type without arguments, so deep; empty where that is nothing. Within types of which one is among
 * others each field has a name of its own, so that they stand beside each other.
 */
export function selectionOf(schema: GraphQLSchema, type: GraphQLNamedType, depth: number): string {
  if (isInterfaceType(type) || isUnionType(type)) {
    const parts = schema.getPossibleTypes(type).map((one) => {
      const inner = fieldsOf(schema, one, depth, `${one.name}_`);
      return inner === '' ? '' : `... on ${one.name} { ${inner} }`;
    });
    return ['__typename', ...parts].join(' ');
  }
  return isObjectType(type) ? fieldsOf(schema, type, depth, '') : '';
}

function fieldsOf(schema: GraphQLSchema, type: GraphQLNamedType, depth: number, prefix: string): string {
  if (!isObjectType(type)) return '';
  return Object.values(type.getFields())
    .filter(({ args }) => !args.some(isRequiredArgument))
    .flatMap(({ name, type: wrapped, args }) => {
      const inner = getNamedType(wrapped);
      const alias = prefix === '' ? name : `${prefix}${name}: ${name}`;
      if (!isCompositeType(inner)) return [alias];
      const selection = depth > 0 ? selectionOf(schema, inner, depth - 1) : '';
      const few = args.some((argument) => argument.name === 'first') ? '(first: 2)' : '';
      return selection === '' ? [] : [`${alias}${few} { ${selection} }`];
    })
    .join(' ');
}
