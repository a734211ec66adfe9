import { Counter, Histogram, type Registry } from 'prom-client';
import type { Breaker } from '../../xendit/breaker.ts';
import type { Budget, BudgetView } from '../../xendit/budget.ts';
import type { Attempt } from '../../xendit/measuring.ts';
import { readGauge } from './gauge.ts';

export interface XenditMetrics {
  onAttempt(attempt: Attempt): void;
}

/** How calls to Xendit go. */
export function createXenditMetrics(registry: Registry): XenditMetrics {
  const registers = [registry];
  const calls = new Counter({
    name: 'xendit_graphql_xendit_calls_total',
    help: 'Attempts at calls to Xendit, by endpoint and result; not_sent, budget_spent and breaker_open never left',
    labelNames: ['endpoint', 'result'],
    registers,
  });
  const durations = new Histogram({
    name: 'xendit_graphql_xendit_call_duration_seconds',
    help: 'From the beginning of an attempt, the wait for a connection included, until its whole answer was here',
    labelNames: ['endpoint'],
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  return {
    onAttempt({ method, endpoint: path, result, durationMs }) {
      const endpoint = `${method} ${path}`;
      calls.inc({ endpoint, result });
      durations.observe({ endpoint }, durationMs / 1_000);
    },
  };
}

/** Shows what is left of the budget, and whether calls are allowed at all. */
export function showOutbound(
  registry: Registry,
  { budget, breaker }: { budget: Pick<Budget, 'view'>; breaker: Pick<Breaker, 'state'> },
): void {
  const least = async () => leastLeft(await budget.view());
  readGauge(
    registry,
    {
      name: 'xendit_graphql_xendit_budget_remaining',
      help: 'Calls that are left in this minute, of the account that has the fewest, by endpoint; only endpoints in use',
      labelNames: ['endpoint'],
    },
    async () => (await least()).map(({ endpoint, remaining }) => [{ endpoint }, remaining]),
  );
  readGauge(
    registry,
    {
      name: 'xendit_graphql_xendit_budget_limit',
      help: 'Calls in a minute that Xendit allows that account',
      labelNames: ['endpoint'],
    },
    async () => (await least()).map(({ endpoint, limit }) => [{ endpoint }, limit]),
  );
  readGauge(
    registry,
    {
      name: 'xendit_graphql_xendit_breaker_state',
      help: '1 for the state that the breaker is in, by kind of call: while it is OPEN nothing is sent',
      labelNames: ['operations', 'state'],
    },
    () =>
      (['reads', 'writes'] as const).flatMap((operations) =>
        (['CLOSED', 'OPEN', 'PROBING'] as const).map(
          (state) => [{ operations, state }, Number(breaker.state(operations) === state)] as const,
        ),
      ),
  );
}

/** Accounts are many: of each endpoint the one with the least left is told. */
function leastLeft(views: readonly BudgetView[]): BudgetView[] {
  const least = new Map<string, BudgetView>();
  for (const view of views) {
    const { remaining = Number.POSITIVE_INFINITY } = least.get(view.endpoint) ?? {};
    if (view.remaining < remaining) least.set(view.endpoint, view);
  }
  return [...least.values()];
}
