import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { GatewayError } from '../errors.ts';
import { scopes as allScopes, type Caller, type Scope } from '../model/caller.ts';
import { type Described, saidBy } from './directives.ts';

/** What the directive `@access` says of a field. */
export interface Rule {
  /** One of them is enough; undefined: every known caller but the bearer of a watch token may. */
  scopes: readonly Scope[] | undefined;
  /** Whether the bearer of a watch token may, too. */
  watch: boolean;
}

/** A field that an operation asks for, and who may. */
interface Demand {
  field: string;
  rule: Rule;
}

const known = new Set<string>(allScopes);

/**
 * Takes out of the graph the fields for which the contract has no rule: nobody can ask for them.
 *
 * @param schema is changed itself, since making another takes as long as making the first.
 * @param added rules of fields that the contract doesn't speak of, by their names, such as `Query._entities`.
 * @throws Error a rule names a scope that there is none of.
 */
export function withRulesOnly(schema: GraphQLSchema, added: Readonly<Record<string, Rule>> = {}): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!(isObjectType(type) || isInterfaceType(type)) || isIntrospectionType(type)) continue;
    const fields = type.getFields();
    for (const field of Object.values(fields)) {
      const rule = ruleIn(schema, field) ?? ruleIn(schema, type) ?? added[`${type.name}.${field.name}`];
      if (rule === undefined) delete fields[field.name];
      else field.extensions = { ...field.extensions, access: rule };
    }
  }
  return schema;
}

function ruleIn(schema: GraphQLSchema, element: Described): Rule | undefined {
  const [said] = saidBy(schema, 'access', element) as { scopes?: string[]; watch: boolean }[];
  if (said === undefined) return undefined;
  const stranger = said.scopes?.find((scope) => !known.has(scope));
  if (stranger !== undefined) throw new Error(`@access names ${stranger}, which is no scope`);
  return { scopes: said.scopes as Scope[] | undefined, watch: said.watch };
}

/** The rule of a field of the graph; undefined for `__typename` and introspection, which tell nothing of anybody. */
export function ruleOf(field: GraphQLField<unknown, unknown>): Rule | undefined {
  return field.extensions.access as Rule | undefined;
}

export function isAllowed(rule: Rule, { scopes, watched }: Caller): boolean {
  if (watched !== undefined) return rule.watch;
  return rule.scopes?.some((scope) => scopes.has(scope)) ?? true;
}

/**
 * Who may ask for what is decided here, for all transports, before anything is resolved: an operation with one field that its
 * caller may not see is refused as a whole.
 */
export interface Access {
  /** @throws GraphQLError FORBIDDEN naming the first field, and what would be needed. */
  check(document: DocumentNode, operation: OperationDefinitionNode, caller: Caller): void;
}

export function createAccess(schema: GraphQLSchema): Access {
  const demands = new WeakMap<OperationDefinitionNode, Demand[]>();
  return {
    check(document, operation, caller) {
      const asked = demands.get(operation) ?? demandsOf(schema, document, operation);
      demands.set(operation, asked);
      const refused = asked.find(({ rule }) => !isAllowed(rule, caller));
      if (refused !== undefined) throw forbidden(refused, caller);
    },
  };
}

function forbidden({ field, rule: { scopes } }: Demand, { watched }: Caller): GraphQLError {
  const needed = scopes === undefined ? 'more than a watch token' : scopes.join(' or ');
  const message = watched ? `A watch token does not show ${field}` : `${field} needs ${needed}`;
  return new GraphQLError(message, {
    originalError: new GatewayError('FORBIDDEN', message),
    extensions: { http: { status: 403 } },
  });
}

/** Each rule once, with the first field that it is of. */
function demandsOf(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Demand[] {
  const fragments = new Map(
    document.definitions
      .filter((one) => one.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const demands = new Map<Rule, Demand>();
  const parts: (OperationDefinitionNode | FragmentDefinitionNode)[] = [operation];
  const types = new TypeInfo(schema);
  // The list grows on the way, by each fragment once.
  for (const part of parts) {
    visit(
      part,
      visitWithTypeInfo(types, {
        Field() {
          const field = types.getFieldDef();
          const rule = field && ruleOf(field);
          if (rule && !demands.has(rule)) demands.set(rule, { rule, field: `${types.getParentType()}.${field.name}` });
        },
        FragmentSpread({ name }) {
          const fragment = fragments.get(name.value);
          if (fragment !== undefined && !parts.includes(fragment)) parts.push(fragment);
        },
      }),
    );
  }
  return [...demands.values()];
}
