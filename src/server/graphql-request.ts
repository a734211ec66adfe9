import type { FastifyRequest } from 'fastify';
import type { OperationRequest } from '../graphql/operation.ts';

/** What a request asks for, as GraphQL over HTTP has it; undefined where it is no such request at all. */
export function readRequest(request: FastifyRequest): OperationRequest | undefined {
  const isGet = request.method === 'GET';
  const sent = isGet ? request.query : request.body;
  if (!isObject(sent)) return undefined;
  const read = (value: unknown) => (isGet && typeof value === 'string' ? parse(value) : value) ?? undefined;
  const { query, documentId, operationName } = sent;
  const [variables, extensions] = [read(sent.variables), read(sent.extensions)];
  if (!isTextOrAbsent(query) || (query == null && documentId == null && extensions === undefined)) return undefined;
  if (!isTextOrAbsent(operationName)) return undefined;
  if (!(variables === undefined || isObject(variables))) return undefined;
  if (!(extensions === undefined || isObject(extensions))) return undefined;
  return { query, documentId, extensions, operationName, variables };
}

/** From here on the request is one that has its document in full, and names none. */
export function setText(request: FastifyRequest, text: string): void {
  if (request.method === 'GET') {
    const begin = request.url.indexOf('?');
    const parameters = new URLSearchParams(request.url.slice(begin + 1));
    parameters.delete('extensions');
    parameters.set('query', text);
    request.raw.url = `${request.url.slice(0, begin)}?${parameters}`;
  } else {
    const { extensions: _, documentId: __, ...others } = request.body as Record<string, unknown>;
    request.body = { ...others, query: text };
  }
}

function isTextOrAbsent(value: unknown): value is string | null | undefined {
  return value == null || typeof value === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What can't be read stays a text, which nothing takes for what it should be. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
