import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { GatewayError } from '../errors.ts';
import { Outbox } from './outbox.ts';
import { toGraphQLError } from './refusing.ts';

export interface EventStreamLimits {
  /** Bytes that may wait in memory for the client to read. */
  bufferBytes: number;
  /** For a message to leave, in milliseconds; beyond it the client reads too slowly. */
  slowReaderMs: number;
  /** How often something is sent even if nothing happens, in milliseconds, so that no proxy takes the stream for dead. */
  heartbeatMs: number;
}

/** What an operation comes to: many results, or one. */
export type Results = AsyncGenerator<ExecutionResult, void, void> | ExecutionResult;

/** One response that stays open. */
export class EventStream {
  /** Resolves once the connection is closed, whoever closed it. */
  readonly closed: Promise<void>;
  readonly #response: ServerResponse;
  readonly #options: EventStreamLimits;
  readonly #isFinite: boolean;
  readonly #outbox: Outbox;
  #end: () => void = () => undefined;
  /** Whether its last word is said, or about to be. */
  #isOver = false;

  /** @param endsByItself then it is finished before it leaves. */
  constructor(response: ServerResponse, options: EventStreamLimits, endsByItself: boolean) {
    this.#response = response;
    this.#options = options;
    this.#isFinite = endsByItself;
    this.closed = response.closed
      ? Promise.resolve() // The client has left already, and nothing more is told of it.
      : new Promise((resolve) => response.once('close', resolve));
    response.on('error', () => response.destroy());
    this.#outbox = new Outbox(response, {
      maxBytes: options.bufferBytes,
      patienceMs: options.slowReaderMs,
      onSlow: () => response.destroy(),
    });
  }

  begin(headers: Record<string, string>): void {
    const response = this.#response;
    response.shouldKeepAlive = false;
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    // Some browsers see the headers only once something follows.
    void this.#outbox.send(comment);
    const heartbeat = setInterval(() => {
      if (!this.#outbox.isBusy) void this.#outbox.send(comment);
    }, this.#options.heartbeatMs);
    void this.closed.then(() => {
      clearInterval(heartbeat);
      this.#outbox.close();
      this.#end();
    });
  }

  /**
   * Sends each result, pulling the next one when the last has left, and that it was the last.
   *
   * @param write a result, in JSON.
   */
  async tell(begin: () => Promise<Results>, write: (result: ExecutionResult) => string): Promise<void> {
    const send = async (result: ExecutionResult) => !this.#isOver && this.#send(result, write);
    try {
      const results = await begin();
      if (Symbol.asyncIterator in results) {
        this.#end = () => void results.return();
        if (this.#isOver || this.#response.closed) this.#end();
        for await (const result of results) if (!(await send(result))) return;
      } else {
        await send(results);
      }
    } catch (error) {
      await send({ errors: [toGraphQLError(error)] });
    }
    if (!this.#isOver) await this.#complete();
  }

  /** Tells nothing more; what is said by `write` is the last. */
  async stop(error: GatewayError, write: (result: ExecutionResult) => string): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#end();
    await this.#send({ errors: [toGraphQLError(error)] }, write);
    await this.#complete();
  }

  #send(result: ExecutionResult, write: (result: ExecutionResult) => string): boolean | Promise<boolean> {
    return this.#outbox.send(`event: next\ndata: ${write(result)}\n\n`);
  }

  async #complete(): Promise<void> {
    this.#isOver = true;
    await this.#outbox.send('event: complete\ndata:\n\n');
    this.#response.end();
  }

  async leave(): Promise<void> {
    if (!this.#isFinite) {
      this.#outbox.close();
      this.#end();
      this.#response.end();
      const impatience = setTimeout(() => this.#response.destroy(), farewellMs);
      void this.closed.then(() => clearTimeout(impatience));
    }
    await this.closed;
  }
}

const comment = ':\n\n';
/** For what was sent to leave, in milliseconds; a client that is asleep never takes it. */
const farewellMs = 1_000;
