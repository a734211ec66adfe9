import { useCallback, useEffect, useRef, useState } from 'react';
import { type ActivityFilters, keyOf, openActivity } from './activity.ts';
import { ActivityFilterBar } from './activity-filter-bar.tsx';
import { money, shortTime, typeName, words } from './format.ts';
import { useGateway } from './gateway.ts';
import { type Column, Grid } from './grid.tsx';
import { GridFoot } from './grid-foot.tsx';
import { PauseIcon, PlayIcon, UpIcon } from './icons.tsx';
import { Empty, Notice } from './notice.tsx';
import type { Happening } from './pulse.ts';
import { goTo } from './route.ts';
import { Status } from './status.tsx';
import { useCalm } from './use-calm.ts';
import { useRows } from './use-rows.ts';
import './activity-view.css';

const columns: readonly Column<Happening>[] = [
  { name: 'time', label: 'Time', cell: ({ occurredAt }) => <time dateTime={occurredAt}>{shortTime(occurredAt)}</time> },
  { name: 'type', label: 'Resource', cell: ({ resource }) => typeName(resource.__typename) },
  { name: 'id', label: 'Id', cell: ({ resource }) => resource.id },
  { name: 'reference', label: 'Reference', cell: ({ resource }) => referenceOf(resource) },
  { name: 'status', label: 'Status', cell: ({ toStatus }) => <Status of={toStatus} /> },
  { name: 'amount', label: 'Amount', cell: ({ resource }) => amountOf(resource) },
  { name: 'kind', label: 'What', cell: ({ kind, version }) => `${words(kind)} · v${version}` },
  { name: 'origin', label: 'Heard by', cell: ({ origin }) => (origin === 'API' ? 'API' : words(origin)) },
];

function referenceOf(resource: Happening['resource']): string {
  if ('referenceId' in resource) return resource.referenceId ?? '';
  return 'externalId' in resource ? (resource.externalId ?? '') : '';
}

function amountOf(resource: Happening['resource']): string {
  const amount = 'capturedAmount' in resource ? resource.capturedAmount : 'amount' in resource && resource.amount;
  return amount ? money(amount) : '';
}

/** All that happened and happens, newest first. */
export function ActivityView({ filters }: { filters: ActivityFilters }) {
  const { client, pulse } = useGateway();
  const asked = JSON.stringify(filters);
  const [{ rows, waiting, isLoading, hasOlder, problem }, list] = useRows(
    useCallback(() => openActivity(client, pulse, JSON.parse(asked)), [client, pulse, asked]),
  );
  const [isPaused, setPaused] = useState(false);
  const [isAway, setAway] = useState(false);
  const told = useCalm(waiting);
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => list?.hold(isPaused || isAway), [list, isPaused, isAway]);
  const loadOlder = useCallback(() => problem === undefined && list?.loadOlder(), [list, problem]);
  const open = (row: Happening) => goTo({ view: 'activity', filters: { ...filters }, open: row.resource.id });
  const showNew = () => {
    setPaused(false);
    setAway(false);
    scroller.current?.scrollTo({ top: 0 });
  };

  return (
    <section className="view activity-view" aria-labelledby="view-title">
      <div className="view-head">
        <h1 id="view-title">Activity</h1>
        <p className="count" role="status">
          {told > 0 ? `${told.toLocaleString()} new` : isPaused ? 'Paused' : ''}
        </p>
        {waiting > 0 && (
          <button type="button" className="button button-primary" onClick={showNew}>
            <UpIcon /> Show new
          </button>
        )}
        <button type="button" className="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          {isPaused ? <PlayIcon /> : <PauseIcon />} {isPaused ? 'Resume' : 'Pause'}
        </button>
      </div>
      <ActivityFilterBar filters={filters} />
      {rows.length === 0 && problem && <Notice problem={problem} scope="activity:read" onRetry={list?.reload} />}
      {rows.length === 0 && !problem && !isLoading && (
        <Empty title="Nothing yet">What happens from now on appears here by itself.</Empty>
      )}
      {rows.length === 0 && isLoading && <p className="grid-foot">Loading…</p>}
      {rows.length > 0 && (
        <Grid
          label="Activity, newest first"
          columns={columns}
          rows={rows}
          keyOf={keyOf}
          onOpen={open}
          scroller={scroller}
          hasOlder={hasOlder}
          onNeedOlder={loadOlder}
          onAway={setAway}
        >
          <GridFoot problem={problem} hasOlder={hasOlder} count={rows.length} onRetry={() => list?.loadOlder()} />
        </Grid>
      )}
    </section>
  );
}
