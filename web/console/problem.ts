import type { CombinedError, OperationResult } from 'urql';

/** Why something can't be shown or done. */
export interface Problem {
  /** The gateway's own code, such as FORBIDDEN; OFFLINE when it gave no answer. */
  code: string;
  message: string;
}

export function problemOf(error: CombinedError | undefined): Problem {
  const [first] = error?.graphQLErrors ?? [];
  if (first !== undefined) return { code: String(first.extensions.code ?? 'UNKNOWN'), message: first.message };
  return { code: 'OFFLINE', message: 'The gateway does not answer' };
}

/** All that was asked for, or why it wasn't had. */
export type Answer<T> = { data: T; problem?: undefined } | { data?: undefined; problem: Problem };

export function answerOf<T>({ data, error }: Pick<OperationResult<T>, 'data' | 'error'>): Answer<T> {
  return data === undefined || data === null || error !== undefined ? { problem: problemOf(error) } : { data };
}
