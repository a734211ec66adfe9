import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** A line to a server that can be cut, as networks are. */
export interface Line {
  port: number;
  /** Nothing goes through any more, and nobody is told: what is open stays open, what is new is accepted. */
  silence(): void;
  /** What is open is reset, and what is new is too. */
  cut(): void;
  /** As soon as these words have gone to the server everything is reset, so that its answer gets lost. */
  cutAfter(words: string): void;
  /** What the server says arrives so many milliseconds later. */
  delay(ms: number): void;
  /** New connections go through again; those that were silenced are reset. */
  restore(): void;
}

export async function openLine(t: TestContext, to: { host: string; port: number }): Promise<Line> {
  let state: 'open' | 'silent' | 'cut' = 'open';
  let lastWords: string | undefined;
  let delayMs = 0;
  const open = new Set<Socket>();
  const resetAll = () => {
    for (const socket of open) reset(socket);
  };
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
    return socket;
  };
  const server = createServer((near) => {
    keep(near);
    if (state === 'cut') reset(near);
    if (state !== 'open') return;
    const far = keep(connect(to));
    near
      .on('close', () => far.destroy())
      .on('data', (bytes) => {
        if (state !== 'open') return;
        const isLast = lastWords !== undefined && bytes.includes(lastWords);
        if (isLast) state = 'silent';
        far.write(bytes, () => isLast && reset(near));
      });
    const pass = (bytes: Buffer) => {
      if (state === 'open' && !near.destroyed) near.write(bytes);
    };
    far
      .on('data', (bytes) => (delayMs === 0 ? pass(bytes) : setTimeout(pass, delayMs, bytes)))
      .on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    resetAll();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    silence() {
      state = 'silent';
    },
    cut() {
      state = 'cut';
      resetAll();
    },
    cutAfter(words) {
      lastWords = words;
    },
    delay(ms) {
      delayMs = ms;
    },
    restore() {
      state = 'open';
      delayMs = 0;
      lastWords = undefined;
      resetAll();
    },
  };
}

/** A socket that has said goodbye can't be reset any more: Node leaves its handle open then, and spins for ever at its exit. */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
