import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { type Scope, temporaryFolder } from './database.ts';
import { eventually } from './eventually.ts';

/** A Redis of a test's own, which may be ill-treated. */
export interface TestRedis {
  url: string;
  port: number;
  /** Ends it; it has forgotten everything when it is started again. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** It stands still: its port accepts, and nobody answers. */
  pause(): void;
  resume(): void;
}

/** Starts one on a free port; it ends with the test. */
export async function startRedis(t: Scope, flags: string[] = []): Promise<TestRedis> {
  const port = await freePort();
  const folder = await temporaryFolder(t);
  let child: ChildProcess;
  const start = async () => {
    const always = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
    child = spawn('redis-server', [...always, ...flags], { stdio: 'ignore' });
    await once(child, 'spawn');
    await eventually('Redis listens', () => isListening(port));
  };
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  t.after(stop);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    start,
    stop,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
