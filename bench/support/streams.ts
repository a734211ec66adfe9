import type { Scope } from './bench.ts';
import { callbackToken, openSending } from './deliveries.ts';
import type { Program } from './program.ts';

/** How many subscribe at once. */
export const subscribers = 5_000;

/** Gateways on one Postgres: one that tells changes, and if wanted another that takes them in. */
export interface Streaming {
  telling: Program;
  deliver: (count: number, bodyOf: (index: number) => string) => Promise<void>;
  databaseUrl: string;
}

/** @param takenInBy whether webhooks go to the gateway that tells of them, or to another, so that only telling is measured. */
export async function openStreaming(scope: Scope, takenInBy: 'itself' | 'another' = 'another'): Promise<Streaming> {
  const upstream = await scope.start('upstream');
  const databaseUrl = await scope.database();
  const environment = {
    XENDIT_BASE_URL: upstream.url,
    XENDIT_CALLBACK_TOKENS: callbackToken,
    XENDIT_REQUESTS_PER_MINUTE: '1000000',
    SOCKETS_PER_ADDRESS: '100000',
    // What is asked for by nobody is no work of a subscription.
    RECONCILE_EVERY_MS: '3600000',
    DATABASE_URL: databaseUrl,
  };
  const telling = await scope.startGateway(environment);
  const taking = takenInBy === 'itself' ? telling : await scope.startGateway(environment);
  return { telling, deliver: openSending(scope, taking), databaseUrl };
}

/** Milliseconds of CPU per message, for what tells so many of them. */
export async function cpuPerMessage(program: Program, messages: number, work: () => Promise<unknown>): Promise<number> {
  const before = await program.cpuMs();
  await work();
  return ((await program.cpuMs()) - before) / messages;
}
