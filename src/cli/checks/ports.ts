import { createServer } from 'node:net';
import { xenditApi } from '../../config/setting.ts';
import type { Config } from '../../config.ts';
import { objectOf } from '../../model/json.ts';
import { reasonOf } from '../command-error.ts';
import { type Check, ok, problem } from './check.ts';

/** Whether the gateway, and its sandbox, can listen; and whether one does already. */
export async function checkPorts(config: Config, timeoutMs: number): Promise<{ checks: Check[]; isRunning: boolean }> {
  const { host, port, sandboxPort, xenditSecretKey, xenditBaseUrl } = config;
  const isRunning = await isGateway(host, port, timeoutMs);
  const own = isRunning
    ? ok('port', `a gateway listens on ${port} already`)
    : await checkPort('port', 'PORT', host, port);
  const hasSandbox = xenditSecretKey === undefined && xenditBaseUrl === xenditApi;
  if (!hasSandbox) return { checks: [own], isRunning };
  const sandbox = isRunning
    ? ok('sandbox-port', 'taken by the sandbox of the gateway that runs')
    : await checkPort('sandbox-port', 'SANDBOX_PORT', '127.0.0.1', sandboxPort);
  return { checks: [own, sandbox], isRunning };
}

async function checkPort(name: string, variable: string, host: string, port: number): Promise<Check> {
  const error = await new Promise<unknown>((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
  if (error === undefined) return ok(name, port === 0 ? 'any that is free' : `${port} is free`);
  return problem(
    name,
    `${variable}: ${reasonOf(error)}`,
    `stop what listens there, or set ${variable} to another port (0 picks one)`,
  );
}

async function isGateway(host: string, port: number, timeoutMs: number): Promise<boolean> {
  if (port === 0) return false;
  try {
    const name = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
    const answer = await fetch(`http://${name}:${port}/health/live`, { signal: AbortSignal.timeout(timeoutMs) });
    return objectOf(await answer.json())?.status === 'live';
  } catch {
    return false;
  }
}
