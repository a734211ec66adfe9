import { objectOf, textOf } from '../model/json.ts';
import { CommandError, reasonOf } from './command-error.ts';
import type { GatewayOptions } from './options.ts';

/** A running gateway, spoken to as a stranger would. */
export interface GatewayClient {
  url: string;
  /** The header `authorization`, where there is a token. */
  proof: Record<string, string>;
  /**
   * One operation over HTTP.
   *
   * @param signal gives it up.
   * @throws CommandError UNREACHABLE nobody answers in time; NOT_A_GATEWAY somebody else does; otherwise the code of its first error.
   */
  ask<T>(query: string, variables?: object, signal?: AbortSignal): Promise<T>;
}

/** Longer than a gateway takes for a query unless told. */
const answerTimeoutMs = 30_000;

export function createGatewayClient({ url, token }: GatewayOptions): GatewayClient {
  const proof: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return {
    url,
    proof,
    async ask<T>(query: string, variables: object = {}, signal?: AbortSignal) {
      const answer = await post(`${url}/graphql`, JSON.stringify({ query, variables }), proof, signal);
      const [error] = Array.isArray(answer.errors) ? answer.errors.map(objectOf) : [];
      if (error !== undefined) throw toCommandError(error, url);
      if (answer.data === undefined) throw notAGateway(url);
      return answer.data as T;
    },
  };
}

async function post(
  url: string,
  body: string,
  proof: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<Record<string, unknown>> {
  const timeout = AbortSignal.timeout(answerTimeoutMs);
  let text: string;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...proof },
      body,
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    text = await response.text();
  } catch (error) {
    throw unreachable(url, error);
  }
  try {
    const answer = objectOf(JSON.parse(text));
    if (answer !== undefined) return answer;
  } catch {
    // Told below.
  }
  throw notAGateway(url);
}

function unreachable(url: string, error: unknown): CommandError {
  return new CommandError(
    'UNREACHABLE',
    `No gateway answers at ${url} (${reasonOf(error)}): start it with \`xendit-graphql start\`, or name another with --url or XENDIT_GRAPHQL_URL`,
  );
}

function notAGateway(url: string): CommandError {
  return new CommandError('NOT_A_GATEWAY', `What answers at ${url} is no gateway: name yours with --url`);
}

/** What to do about errors that have to do with who asks. */
const advice: Record<string, string> = {
  UNAUTHENTICATED: ': say who you are with --token or XENDIT_GRAPHQL_TOKEN',
  FORBIDDEN: ': take a token that has this scope',
};

function toCommandError(error: Record<string, unknown>, url: string): CommandError {
  const code = textOf(objectOf(error.extensions)?.code) ?? 'FAILED';
  const message = textOf(error.message) ?? `The gateway at ${url} gave an error without a message`;
  return new CommandError(code, `${message}${advice[code] ?? ''}`);
}

/** A failure in the place of a mutation's payload. */
export interface Failed {
  code: string;
  message: string;
}

export function isFailed(result: object): result is Failed {
  return 'code' in result;
}
