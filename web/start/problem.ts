import type { CombinedError } from 'urql';

interface Failure {
  code: string;
  message: string;
  fields?: { path: string[]; message: string }[];
}

/** What to tell of an operation that failed, or whose result is a failure; undefined when nothing is wrong. */
export function problemOf(error: CombinedError | undefined, failure: object | undefined): string | undefined {
  if (error?.networkError) return `The gateway can’t be reached: ${error.networkError.message}`;
  if (error !== undefined) return error.graphQLErrors.map(({ message }) => message).join(' ') || error.message;
  if (failure === undefined) return undefined;
  const { code, message, fields = [] } = failure as Failure;
  return [`${code}: ${message}`, ...fields.map(({ path, message }) => `${path.join('.')}: ${message}`)].join(' — ');
}
