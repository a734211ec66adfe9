import { printSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLFieldResolver, type GraphQLSchema, isUnionType } from 'graphql';
import { InvalidInputError } from '../errors.ts';
import type { Node } from '../service/links.ts';
import type { Service } from '../service/service.ts';
import type { Rule } from './access.ts';
import type { Context } from './context.ts';
import { saidBy } from './directives.ts';

const asNode: Rule = { scopes: ['payments:read'], watch: true };
const asContract: Rule = { scopes: undefined, watch: false };

/** Who may use what `@apollo/subgraph` adds to the contract: entities as `node`, and the contract whoever is a known caller. */
export const federationRules: Readonly<Record<string, Rule>> = {
  'Query._entities': asNode,
  'Query._service': asContract,
  '_Service.sdl': asContract,
};

type Resolver<Args = object> = GraphQLFieldResolver<unknown, Context, Args>;

const findEntities: Resolver<{ representations: unknown[] }> = (_, { representations }, { service }, { schema }) =>
  representations.map(async (one, index) => findReferred(service, readReference(schema, one, index)));

const tellContract: Resolver = (_, __, ___, { schema }) => ({ sdl: sdlOf(schema) });

export const federationResolvers = { Query: { _entities: findEntities, _service: tellContract } };

/** How another graph names something of this one. */
interface Reference {
  type: Node['__typename'];
  key: string;
  value: string;
}

/** @throws InvalidInputError it names no entity, or not by a key. */
function readReference(schema: GraphQLSchema, representation: unknown, index: number): Reference {
  const given = representation as Record<string, unknown>;
  const refuse = (field: string, message: string): never => {
    throw new InvalidInputError([{ path: ['representations', String(index), field], message }]);
  };
  const keys = keysOf(schema, given.__typename) ?? refuse('__typename', 'must be the name of an entity');
  const key = keys.find((name) => Object.hasOwn(given, name) && given[name] !== null);
  if (key === undefined) return refuse(keys.join(' or '), 'is needed');
  const value = given[key];
  if (typeof value !== 'string') return refuse(key, 'must be text');
  return { type: given.__typename as Reference['type'], key, value };
}

/** The fields by which an entity may be named; undefined for what is none. */
function keysOf(schema: GraphQLSchema, typeName: unknown): string[] | undefined {
  const all = schema.getType('_Entity');
  const entity = isUnionType(all) ? all.getTypes().find(({ name }) => name === typeName) : undefined;
  return entity && saidBy(schema, 'key', entity).map(({ fields }) => fields as string);
}

function findReferred(service: Service, { type, key, value }: Reference): Promise<Node | undefined> {
  return key === 'id' ? service.findReferred(type, value) : service.findReferredQrCode(value);
}

const sdls = new WeakMap<GraphQLSchema, string>();

/** The graph as it is served, in the words that a router composes from. */
function sdlOf(schema: GraphQLSchema): string {
  const sdl = sdls.get(schema) ?? printSubgraphSchema(schema);
  sdls.set(schema, sdl);
  return sdl;
}
