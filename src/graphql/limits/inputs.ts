import { BREAK, type DocumentNode, type GraphQLError, type ListValueNode, type ObjectValueNode, visit } from 'graphql';
import { beyond, type OperationLimits } from './limits.ts';

/**
 * Whether the values that are written in a document, and its directives, are within the limits.
 *
 * @returns the first limit that is broken.
 */
export function findTooMuchWritten(
  document: DocumentNode,
  { directives, list, nesting }: OperationLimits,
): GraphQLError | undefined {
  let breach: GraphQLError | undefined;
  let directivesSeen = 0;
  let level = 0;
  const value = {
    enter(node: ListValueNode | ObjectValueNode) {
      level += 1;
      if (level > nesting) breach = beyond('nesting', nesting, 'Too many levels of lists and objects', node);
      else if ('values' in node && node.values.length > list)
        breach = beyond('list', list, 'Too many entries in a list', node);
      return breach && BREAK;
    },
    leave() {
      level -= 1;
    },
  };
  visit(document, {
    Directive(node) {
      directivesSeen += 1;
      if (directivesSeen > directives) breach = beyond('directives', directives, 'Too many directives', node);
      return breach && BREAK;
    },
    ListValue: value,
    ObjectValue: value,
  });
  return breach;
}

/**
 * Whether the variables are within the limits. It looks at no more than may be there, level by level, so that neither long
 * lists nor deep ones cost anything.
 *
 * @param variables as JSON has them.
 */
export function findTooManyVariables(
  variables: Readonly<Record<string, unknown>>,
  { list, nesting, variableValues }: OperationLimits,
): GraphQLError | undefined {
  let seen = 0;
  let present: unknown[] = Object.values(variables);
  for (let level = 0; present.length > 0; level++) {
    seen += present.length;
    if (seen > variableValues) return beyond('variableValues', variableValues, 'Too many values in the variables');
    const next: unknown[] = [];
    for (const value of present) {
      if (typeof value !== 'object' || value === null) continue;
      if (level >= nesting) return beyond('nesting', nesting, 'Too many levels of lists and objects');
      if (Array.isArray(value) && value.length > list) return beyond('list', list, 'Too many entries in a list');
      for (const one of Object.values(value)) next.push(one);
      if (seen + next.length > variableValues) break;
    }
    present = next;
  }
  return undefined;
}
