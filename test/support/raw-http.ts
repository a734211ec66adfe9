import { connect } from 'node:net';
import type { TestContext } from 'node:test';

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** One connection, byte by byte. */
export interface RawConnection {
  send(bytes: string | Uint8Array): void;
  /** The next answer, whole. Rejects when the other side hangs up before. */
  answer(): Promise<RawAnswer>;
  /** Hangs up rudely. */
  reset(): void;
}

/** Connects to a server; hung up when the test is over. */
export async function connectTo(t: TestContext, url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  t.after(() => socket.destroy());
  let received = '';
  let hasEnded = false;
  let look = () => undefined as unknown;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    received += chunk;
    look();
  });
  for (const event of ['end', 'error', 'close']) {
    socket.on(event, () => {
      hasEnded = true;
      look();
    });
  }
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return {
    send: (bytes) => void socket.write(bytes),
    answer: () =>
      new Promise((resolve, reject) => {
        look = () => {
          const whole = readAnswer(received);
          if (whole !== undefined) {
            received = received.slice(whole.length);
            resolve(whole.answer);
          } else if (hasEnded) {
            reject(new Error(`hung up after ${JSON.stringify(received)}`));
          }
        };
        look();
      }),
    reset: () => socket.resetAndDestroy(),
  };
}

function readAnswer(text: string): { answer: RawAnswer; length: number } | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = text.slice(0, headEnd).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const length = headEnd + 4 + Number(headers['content-length'] ?? 0);
  if (text.length < length) return undefined;
  const body = Buffer.from(text.slice(headEnd + 4, length), 'latin1').toString();
  return { answer: { status: Number(statusLine.split(' ')[1]), headers, body }, length };
}
