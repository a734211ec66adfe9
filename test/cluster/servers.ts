import { chmod, chown, mkdir } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { findBinary, unprivilegedUser } from './binaries.ts';
import { createProgram, type Program } from './program.ts';

/** A server of our own on a free port, which keeps its port and its data when it is stopped and started again. */
export interface Server extends Program {
  port: number;
}

/**
 * A new Postgres with its data in a folder of its own, running. SIGINT stops it at once and cleanly (fast), SIGQUIT as a crash
 * does (immediate).
 *
 * @throws Error Postgres isn't installed, or could not start.
 */
export async function startPostgres(folder: string): Promise<Server> {
  const [initdb, postgres, user] = [await findBinary('initdb'), await findBinary('postgres'), await unprivilegedUser()];
  const data = join(folder, 'postgres');
  await mkdir(data, { mode: 0o700 });
  if (user !== undefined) {
    await chmod(folder, 0o755);
    await chown(data, user.uid, user.gid);
  }
  const preparing = createProgram({
    command: initdb,
    args: ['--pgdata', data, '--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8', '--no-sync'],
    user,
    logFile: join(folder, 'initdb.log'),
    ready: /^Success/,
  });
  await preparing.start();
  await preparing.ended();
  await preparing.close();

  const port = await freePort();
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${data}`];
  const program = createProgram({
    command: postgres,
    args: ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    user,
    logFile: join(folder, 'postgres.log'),
    ready: /database system is ready to accept connections/,
  });
  await program.start();
  return { ...program, port, close: () => program.close('SIGINT') };
}

/**
 * A new Redis that keeps nothing, running.
 *
 * @throws Error Redis isn't installed, or could not start.
 */
export async function startRedis(folder: string): Promise<Server> {
  const port = await freePort();
  const program = createProgram({
    command: await findBinary('redis-server'),
    args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
    logFile: join(folder, 'redis.log'),
    ready: /Ready to accept connections/,
  });
  await program.start();
  return { ...program, port };
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
