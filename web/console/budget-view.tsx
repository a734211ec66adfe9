import { type CSSProperties, useEffect } from 'react';
import { useQuery } from 'urql';
import { duration } from './format.ts';
import { BudgetDocument, type BudgetQuery } from './generated/documents.ts';
import { Empty, Notice } from './notice.tsx';
import { problemOf } from './problem.ts';
import { Status } from './status.tsx';
import './budget-view.css';

/** How often it is asked while it is seen, in milliseconds. */
const everyMs = 2_000;

/** What may still be asked of Xendit, endpoint by endpoint. */
export function BudgetView() {
  const [{ data, error }, again] = useQuery({ query: BudgetDocument });
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && again(), everyMs);
    return () => clearInterval(timer);
  }, [again]);
  const budgets = data?.xenditBudget;
  return (
    <section className="view" aria-labelledby="view-title">
      <div className="view-head">
        <h1 id="view-title">Budget</h1>
      </div>
      <p className="lead">
        Calls to Xendit that are left in the running minute, for each endpoint that was used lately.
      </p>
      {error && !budgets && (
        <Notice problem={problemOf(error)} scope="payments:read or webhooks:manage" onRetry={() => again()} />
      )}
      {!error && !budgets && <p className="grid-foot">Loading…</p>}
      {budgets?.length === 0 && <Empty title="All of it is left">Nothing was asked of Xendit lately.</Empty>}
      {budgets && budgets.length > 0 && (
        <ul className="gauges">
          {budgets.map((budget) => (
            <Gauge key={budget.endpoint} {...budget} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Gauge({ endpoint, limit, remaining, resetMs, breaker }: BudgetQuery['xenditBudget'][number]) {
  const level = remaining === 0 ? 'empty' : remaining < limit / 4 ? 'low' : 'enough';
  return (
    <li className="gauge">
      <h2>
        <code>{endpoint}</code>
      </h2>
      <p className="gauge-figures">
        <strong>{remaining.toLocaleString()}</strong> of {limit.toLocaleString()} left
      </p>
      <meter
        className="hidden"
        min={0}
        max={limit}
        value={remaining}
        aria-label={`${endpoint}: ${remaining} of ${limit} calls left`}
      />
      <div
        className={`gauge-bar gauge-${level}`}
        style={{ '--share': `${(100 * remaining) / limit}%` } as CSSProperties}
      />
      <p className="gauge-foot">
        <span>{remaining > 0 ? 'Free now' : `Free again in ${duration(resetMs)}`}</span>
        {breaker === 'CLOSED' ? (
          <span className="quiet">Xendit answers</span>
        ) : (
          <span>
            Breaker <Status of={breaker} />
          </span>
        )}
      </p>
    </li>
  );
}
