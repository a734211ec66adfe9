import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { SpanKind } from '@opentelemetry/api';
import { MessageType, type Server } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { GatewayError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Caller } from '../model/caller.ts';
import { inSpan } from '../spans.ts';
import { createResultFrames, toFrame } from './frames.ts';
import { maskAll } from './graphql-room.ts';
import { createMessageRate } from './message-rate.ts';
import { Operations } from './operations.ts';
import { Outbox } from './outbox.ts';
import { toGraphQLError } from './refusing.ts';
import { traceOf } from './requests.ts';
import type { Session } from './session.ts';

export interface SocketLimits {
  /** A message at most, in bytes; a larger one closes the socket. */
  maxBytes: number;
  /** Messages and pings that a client may send, per second; five seconds' worth may come at once. */
  messagesPerSecond: number;
  /** Bytes that may wait in memory for the client to read. */
  bufferBytes: number;
  /** For a message to leave, in milliseconds; beyond it the client reads too slowly. */
  slowReaderMs: number;
  /** How often the client is pinged, in milliseconds; without a sign of life in between it is gone. */
  heartbeatMs: number;
}

/** Close codes, by which clients decide whether to come back: against a policy they don't, otherwise they do. */
export const goingAway = 1001;
export const tryAgainLater = 1013;
const againstPolicy = 1008;
/** For whom the proof of who it is doesn't count, or no longer does. */
export const forbidden = 4403;

const toResultFrame = createResultFrames();

/** One client's socket: it bounds what comes and what waits, and closes so that the client knows what to do. */
export class GraphQLSocket {
  /** In the errors that the client is told, and in the log. */
  readonly requestId = newRequestId();
  readonly operations: Operations;
  /** What the client asked to be let in with; undefined once it is in. */
  request: IncomingMessage | undefined;
  readonly #socket: WebSocket;
  readonly #log: Log;
  readonly #limits: SocketLimits;
  readonly #isDraining: () => boolean;
  readonly #outbox: Outbox<Buffer>;
  #handle: (text: string) => Promise<void> = async () => undefined;
  /** To be done once the socket is closed, whoever closed it. */
  readonly #lastThings: (() => void)[] = [];
  #isAlive = true;
  #leaving: Promise<void> | undefined;
  #isClosing = false;
  #session: Session | undefined;

  /** @param connection what the socket writes to. */
  constructor(
    socket: WebSocket,
    connection: Duplex,
    request: IncomingMessage,
    log: Log,
    limits: SocketLimits,
    isDraining: () => boolean,
  ) {
    this.#socket = socket;
    this.request = request;
    this.#log = log;
    this.#limits = limits;
    this.#isDraining = isDraining;
    const trace = traceOf(request.headers);
    const run = (text: string, id: string, type: unknown) =>
      type === MessageType.Subscribe
        ? inSpan('WebSocket subscribe', { kind: SpanKind.SERVER }, () => this.#run(text, id), trace)
        : this.#run(text, id);
    this.operations = new Operations(run, limits.maxBytes);
    socket.once('close', () => {
      for (const work of this.#lastThings) work();
    });
    // What a client sends wrong is told by the close code.
    socket.on('error', (err) => log.debug({ err }, 'a socket failed'));
    this.#outbox = new Outbox(connection, {
      maxBytes: limits.bufferBytes,
      patienceMs: limits.slowReaderMs,
      onSlow: () => this.#dismissSlow(),
      onProgress: () => this.#showLife(),
    });
  }

  /** Speaks GraphQL with the client until either of them leaves. */
  serve(protocol: Server<GraphQLSocket>): void {
    const socket = this.#socket;
    const mayCome = createMessageRate(this.#limits.messagesPerSecond);
    const count = (): boolean => {
      this.#showLife();
      const isFine = !this.#isClosing && mayCome();
      if (!isFine) this.close(againstPolicy, 'Too many messages');
      return isFine;
    };
    socket.on('message', (data) => count() && this.#receive(String(data)));
    socket.on('ping', count);
    socket.on('pong', count);
    const heartbeat = setInterval(() => this.#beat(), this.#limits.heartbeatMs);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: async (text) => void (await this.#send(toFrame(text))),
        close: (code, reason) => this.close(code, reason),
        onMessage: (handle) => {
          this.#handle = handle;
        },
      },
      this,
    );
    socket.once('close', (code, reason) => {
      clearInterval(heartbeat);
      this.operations.close();
      this.#outbox.close();
      closed(code, String(reason)).catch((err) => this.#log.error({ err }, 'a stream could not be closed'));
    });
  }

  /** Whose socket it is, once that is known. */
  begin(session: Session): void {
    this.#session = session;
    this.request = undefined;
    this.onClosed(() => session.close());
  }

  /** Does something once the socket is closed, whoever closes it. */
  onClosed(work: () => void): void {
    if (this.#socket.readyState === this.#socket.CLOSED) work();
    else this.#lastThings.push(work);
  }

  /** @throws GatewayError UNAUTHENTICATED nobody's, or nobody's any more: then it is being closed. */
  caller(): Caller {
    if (this.#session === undefined) throw new GatewayError('UNAUTHENTICATED', 'Nobody has said who it is');
    return this.#session.current();
  }

  /** Ends everything. Does nothing the second time. */
  close(code?: number, reason?: string): void {
    if (this.#isClosing) return;
    this.#end(code, reason);
    const impatience = setTimeout(() => this.#socket.terminate(), farewellMs);
    this.onClosed(() => clearTimeout(impatience));
  }

  /** Finishes queries and mutations, and lets the client go, which comes back elsewhere. */
  leave(): Promise<void> {
    this.#leaving ??= new Promise((resolve) => {
      this.onClosed(resolve);
      void this.operations.finish().then(() => this.close(goingAway, 'Going away'));
    });
    return this.#leaving;
  }

  /** Sends one result of an operation, in JSON; false once nothing can be sent any more. */
  tell(id: string, result: string): boolean | Promise<boolean> {
    return this.#send(toResultFrame(id, result));
  }

  #send(frame: Buffer): boolean | Promise<boolean> {
    return this.#socket.readyState === this.#socket.OPEN && this.#outbox.send(frame);
  }

  #receive(text: string): void {
    const { type, id } = readHead(text);
    if (type === MessageType.Subscribe && this.#isDraining()) void this.leave();
    else if (id === undefined) void this.#run(text);
    else if (!this.operations.take(id, type, text)) this.close(againstPolicy, 'Too many messages about one operation');
  }

  /** A fault of ours ends the one operation. It never closes with 4500, after which clients don't come back. */
  async #run(text: string, id?: string): Promise<void> {
    try {
      await this.#handle(text);
    } catch (error) {
      const payload = maskAll(this.#log, this.requestId, [toGraphQLError(error)]);
      if (id === undefined) this.close(tryAgainLater, 'Internal error');
      else await this.#send(toFrame(JSON.stringify({ id, type: MessageType.Error, payload })));
    }
  }

  #showLife(): void {
    this.#isAlive = true;
  }

  #beat(): void {
    if (this.#isAlive) {
      this.#isAlive = false;
      this.#socket.ping();
    } else if (this.#outbox.isBusy) {
      this.#dismissSlow();
    } else {
      this.#socket.terminate();
    }
  }

  /** It may still read all that is on its way, up to why it was let go. */
  #dismissSlow(): void {
    if (this.#isClosing) return;
    this.#log.info({ requestId: this.requestId }, 'a client reads too slowly, and is let go');
    this.#end(tryAgainLater, 'Reads too slowly');
  }

  #end(code: number | undefined, reason: string | undefined): void {
    this.#isClosing = true;
    this.operations.close();
    this.#outbox.close();
    this.#socket.close(code, reason);
  }
}

/** Written anew: as it comes from `randomUUID` it keeps the sixteen pieces that it is of. */
function newRequestId(): string {
  return Buffer.from(crypto.randomUUID(), 'latin1').toString('latin1');
}

/** For a client to answer that it has understood the end; one that is asleep never does. In milliseconds. */
const farewellMs = 1_000;

/** What kind of message it is, and of which operation; whatever else is wrong with it is graphql-ws' to say. */
function readHead(text: string): { type?: unknown; id: string | undefined } {
  try {
    const { type, id } = JSON.parse(text) as { type?: unknown; id?: unknown };
    return { type, id: typeof id === 'string' ? id : undefined };
  } catch {
    return { id: undefined };
  }
}
