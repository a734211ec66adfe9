import type { Redis } from 'ioredis';
import type { Bus } from '../bus/bus.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { type Breaker, createBreaker } from '../xendit/breaker.ts';
import { hearBreakerNews, tellBreakerNews } from '../xendit/breaker-hints.ts';
import { type Budget, createBudget } from '../xendit/budget.ts';
import { openXendit, type XenditClient, type XenditOptions } from '../xendit/client.ts';
import { createSharedBudget } from '../xendit/shared-budget.ts';
import { sandboxKey } from './sandbox.ts';

/** The way to Xendit. */
export interface Outbound {
  xendit: XenditClient;
  budget: Budget;
  breaker: Breaker;
}

/**
 * Opens the way to Xendit; its breaker and, with a Redis, its budget are shared with the other instances.
 *
 * @param baseUrl Xendit or a sandbox.
 */
export function openOutbound(
  config: Config,
  log: Log,
  { bus, redis }: { bus: Bus; redis: Redis | undefined },
  baseUrl: string,
  { onAttempt }: Required<Pick<XenditOptions, 'onAttempt'>>,
): Outbound {
  const budget = openBudget(config, redis, log);
  const breaker = createBreaker({
    windowMs: config.breakerWindowMs,
    minCalls: config.breakerMinCalls,
    probeAfterMs: config.breakerProbeAfterMs,
    onChange: (operations, state) => log.warn({ operations, state }, 'the breaker to Xendit changed'),
    onNews: tellBreakerNews(baseUrl, (text) => bus.say('breaker', text)),
  });
  bus.hear('breaker', hearBreakerNews(baseUrl, breaker));
  const xendit = openXendit({
    baseUrl,
    secretKey: config.xenditSecretKey ?? sandboxKey,
    timeoutMs: config.xenditTimeoutMs,
    connectTimeoutMs: config.xenditConnectTimeoutMs,
    connections: config.xenditConnections,
    queueTimeoutMs: config.xenditQueueTimeoutMs,
    budget,
    breaker,
    onAttempt,
  });
  return { xendit, budget, breaker };
}

function openBudget(config: Config, redis: Redis | undefined, log: Log): Budget {
  const {
    xenditRequestsPerMinute: requestsPerMinute,
    reconcileSharePercent,
    redisPrefix: prefix,
    redisTimeoutMs,
  } = config;
  const limits = { requestsPerMinute, shareForReconciling: reconcileSharePercent / 100 };
  if (redis === undefined) return createBudget(limits);
  const onFault = (reason: string) => log.warn({ reason }, 'this instance counts its calls to Xendit for itself');
  return createSharedBudget({ ...limits, redis, prefix, timeoutMs: redisTimeoutMs, onFault });
}
