import type { Client, FormattedExecutionResult, SubscribePayload } from 'graphql-ws/client';
import { createQueue } from './queue.ts';

/**
 * Makes a client of graphql-ws go on after the last cursor whenever it connects again, where by itself it would ask what it asked
 * first, and hear the present once more. For use below Apollo Client, urql or Relay, or alone.
 *
 * It holds for subscriptions of one field that select its `cursor` and declare the variable `$after`; others are left as they are.
 */
export function resuming(client: Client): Client {
  const subscribe: Client['subscribe'] = (payload, sink) => {
    const place = new Place(payload);
    return client.subscribe(place.payload, {
      next(result: Parameters<typeof sink.next>[0]) {
        place.note(result.data);
        sink.next(result);
      },
      error: (error) => sink.error(error),
      complete: () => sink.complete(),
    });
  };
  return {
    ...client,
    subscribe,
    iterate<Data, Extensions>(payload: SubscribePayload) {
      let leave = () => {};
      const begin = () => {
        leave = subscribe<Data, Extensions>(payload, {
          next: (result) => results.push(result as FormattedExecutionResult<Data, Extensions>),
          error: (error) => results.end(toError(error)),
          complete: () => results.end(),
        });
      };
      const results = createQueue<FormattedExecutionResult<Data, Extensions>>(begin, () => leave());
      return results.values as ReturnType<typeof client.iterate<Data, Extensions>>;
    },
  };
}

/** Errors of the operation come as a list, the end of the connection as a close event. */
function toError(error: unknown): Error {
  if (error instanceof Error) return error;
  const [first] = Array.isArray(error) ? (error as { message: string }[]) : [];
  const { reason, code } = (error ?? {}) as { reason?: string; code?: number };
  return new Error(first?.message ?? `The connection ended: ${code ?? ''} ${reason ?? ''}`.trimEnd(), { cause: error });
}

/** How far one subscription has come. The client sends its payload anew at each connection, and so with what is noted here. */
class Place {
  readonly payload: SubscribePayload;
  readonly #variables: Record<string, unknown>;

  constructor(payload: SubscribePayload) {
    this.#variables = { ...payload.variables };
    this.payload = { ...payload, variables: this.#variables };
  }

  note(data: unknown): void {
    const fields: unknown[] = Object.values(data ?? {});
    const [change] = fields as ({ cursor?: unknown } | null)[];
    if (fields.length === 1 && typeof change?.cursor === 'string') this.#variables.after = change.cursor;
  }
}
