import { readFileSync } from 'node:fs';
import type { ClientContext, Redis, Result } from 'ioredis';
import { ThrottledError } from '../errors.ts';
import { within } from '../model/within.ts';
import {
  type Budget,
  type BudgetOptions,
  type BudgetView,
  createBudget,
  defaultShare,
  readLesson,
  windowOf,
} from './budget.ts';

export interface SharedBudgetOptions extends BudgetOptions {
  /** Rejects at once what it can't send. */
  redis: Redis;
  /** Before each key; gateways that share a Redis have different ones. */
  prefix: string;
  /** How long a call may wait for Redis, in milliseconds. */
  timeoutMs: number;
  /** Told when Redis is there and doesn't do its part. */
  onFault?: ((reason: string) => void) | undefined;
  /** The milliseconds of the server; its own clock unless told. */
  serverNow?: (() => number) | undefined;
}

declare module 'ioredis' {
  interface RedisCommander<Context extends ClientContext> {
    xenditBudget(...keysAndWords: string[]): Result<number | [number, number, number] | null, Context>;
  }
}

const lua = readFileSync(new URL('./budget.lua', import.meta.url), 'utf8');

/** How soon to try again with a Redis that is there and doesn't do its part, in milliseconds. */
const tryAgainAfterMs = 1_000;

/**
 * One budget for all instances, in Redis, by whose clock alone it goes.
 *
 * While Redis is away or slow each instance counts for itself, from what it has made in the last minute and what Xendit says is
 * left; the calls of all come to more than the limit only until Xendit's next answer tells them of each other. When Redis is
 * back, the same one or an empty one, each first tells it of its own calls.
 */
export function createSharedBudget(options: SharedBudgetOptions): Budget {
  const { redis, prefix, timeoutMs, onFault, serverNow, ...localOptions } = options;
  const { requestsPerMinute, shareForReconciling = defaultShare } = options;
  const local = createBudget(localOptions);
  const fixed = [windowOf(options), requestsPerMinute, shareForReconciling].map(String);
  const self = crypto.randomUUID();
  const index = `${prefix}:budgets`;
  let count = 0;
  let isAway = redis.status !== 'ready';
  let isReturning = false;
  redis.defineCommand('xenditBudget', { numberOfKeys: 4, lua });

  function run(operation: string, account: string, endpoint: string, ...words: (string | number | undefined)[]) {
    const name = JSON.stringify([account, endpoint]);
    const keys = ['taken', 'reconciled', 'word'].map((what) => `${prefix}:budget:${name}:${what}`);
    const now = String(serverNow?.() ?? '');
    return redis.xenditBudget(
      ...keys,
      index,
      operation,
      name,
      ...fixed,
      now,
      ...words.map((word) => String(word ?? '')),
    );
  }

  /** Undefined when Redis is away, or doesn't answer in time. */
  async function ask<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (isAway) return undefined;
    try {
      return await within(timeoutMs, work());
    } catch (error) {
      if (!isAway && redis.status === 'ready') onFault?.(String(error instanceof Error ? error.message : error));
      leave();
      void comeBack();
      return undefined;
    }
  }

  function leave(): void {
    isAway = true;
  }

  /** Whatever is asked from then on comes after what is told here. */
  async function comeBack(): Promise<void> {
    if (isReturning) return;
    isReturning = true;
    try {
      await tellAll();
      isAway = false;
      // Of those too that were made meanwhile.
      tellAll().catch(leave);
    } catch {
      if (redis.status === 'ready') setTimeout(comeBack, tryAgainAfterMs).unref();
    } finally {
      isReturning = false;
    }
  }

  /** @throws Error Redis is away, or doesn't do its part. */
  async function tellAll(): Promise<void> {
    const telling = local
      .calls()
      .map(({ account, endpoint, calls }) => run('tell', account, endpoint, JSON.stringify(calls)));
    await Promise.all([run('view', '', ''), ...telling]);
  }

  redis.on('close', leave);
  redis.on('ready', comeBack);

  return {
    async take(account, endpoint, purpose) {
      count += 1;
      const id = `${self}:${count}`;
      const wait = await ask(() => run('take', account, endpoint, purpose, id));
      // Should it come about in Redis all the same, it is counted once: it has its id.
      if (typeof wait !== 'number') return local.take(account, endpoint, purpose, id);
      if (wait > 0) throw new ThrottledError(endpoint, wait);
      local.count(account, endpoint, purpose, id);
    },

    learn(answered) {
      local.learn(answered);
      const lesson = readLesson(answered);
      if (lesson === undefined) return;
      const { endpoint, status, durationMs, limit, remaining, resetMs } = lesson;
      void ask(() => run('learn', answered.account, endpoint, status, durationMs, limit, remaining, resetMs));
    },

    async view() {
      const views = await ask(async () => {
        const names = (await redis.zrange(index, '0', '-1')).map((name) => JSON.parse(name) as [string, string]);
        return Promise.all(
          names.map(async ([account, endpoint]): Promise<BudgetView[]> => {
            const seen = await run('view', account, endpoint);
            if (!Array.isArray(seen)) return [];
            const [limit, remaining, resetMs] = seen;
            return [{ account, endpoint, limit, remaining, resetMs }];
          }),
        );
      });
      return views?.flat() ?? local.view();
    },
  };
}
