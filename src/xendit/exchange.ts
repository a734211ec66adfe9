import type { Dispatcher } from 'undici';
import type { Method } from './errors.ts';
import type { Headers } from './rate-limit.ts';

/** A request as it goes out. */
export interface Request {
  method: Method;
  path: string;
  headers: Record<string, string>;
  body: string | null;
}

/** An answer as it came in, whole. */
export interface Response {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
}

/** No whole answer came. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
  /** Whether the request may have reached the other side: false as long as it had no connection. */
  readonly mayHaveArrived: boolean;
  /** The system's or undici's word for it, such as `ECONNREFUSED`. */
  readonly reason: string;

  constructor(mayHaveArrived: boolean, cause: unknown) {
    const { code, name } = cause as { code?: unknown; name?: unknown };
    // The code of a DOMException is a number without meaning.
    const reason = String((typeof code === 'string' ? code : name) ?? 'unknown');
    super(`No answer: ${reason}`, { cause });
    this.mayHaveArrived = mayHaveArrived;
    this.reason = reason;
  }
}

/**
 * Sends one request and waits for the whole answer.
 *
 * Not undici's `request`, because that one lets a call which still waits for a connection outlive its signal, and
 * doesn't say whether anything was sent.
 *
 * @param signal ends the wait at once, wherever it is.
 * @param onDone runs when undici has let go of the request, which may be later than the answer to our caller.
 * @throws ExchangeError there is no whole answer.
 */
export function exchange(
  pool: Dispatcher,
  request: Request,
  signal: AbortSignal,
  onDone: () => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      onDone();
      return reject(new ExchangeError(false, signal.reason));
    }
    let connection: Dispatcher.DispatchController | undefined;
    let status = 0;
    let headers: Headers = {};
    const chunks: Uint8Array[] = [];
    // A caller who has left keeps nothing waiting, wherever the request is.
    const giveUp = () => {
      reject(new ExchangeError(connection !== undefined, signal.reason));
      connection?.abort(signal.reason);
    };
    const done = () => {
      signal.removeEventListener('abort', giveUp);
      onDone();
    };
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      pool.dispatch(request, {
        // Called when there is a connection, before the first byte.
        onRequestStart(controller) {
          if (signal.aborted) return controller.abort(signal.reason);
          connection = controller;
        },
        onResponseStart(_, newStatus, newHeaders) {
          status = newStatus;
          headers = newHeaders;
        },
        onResponseData(_, chunk) {
          chunks.push(chunk);
        },
        onResponseEnd() {
          done();
          const [only] = chunks;
          resolve({ status, headers, bytes: only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks) });
        },
        onResponseError(_, error) {
          done();
          reject(new ExchangeError(connection !== undefined, error));
        },
      });
    } catch (error) {
      done();
      reject(new ExchangeError(false, error));
    }
  });
}
