import { type ConstDirectiveNode, type GraphQLSchema, getArgumentValues } from 'graphql';

/** A type or a field, with the places of the contract where it stands. */
export interface Described {
  astNode?: Node | null | undefined;
  extensionASTNodes?: readonly Node[];
}

interface Node {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

/** The arguments of a directive of a type or a field, for each time that it stands there. */
export function saidBy(schema: GraphQLSchema, name: string, element: Described): Record<string, unknown>[] {
  const directive = schema.getDirective(name);
  if (!directive) return [];
  return [element.astNode, ...(element.extensionASTNodes ?? [])]
    .flatMap((node) => node?.directives ?? [])
    .filter((one) => one.name.value === name)
    .map((one) => getArgumentValues(directive, one));
}
