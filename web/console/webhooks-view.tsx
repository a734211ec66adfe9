import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { shortTime } from './format.ts';
import { useGateway } from './gateway.ts';
import { type Column, Grid } from './grid.tsx';
import { GridFoot } from './grid-foot.tsx';
import { Empty, Notice } from './notice.tsx';
import { RedriveBar } from './redrive-bar.tsx';
import { onRedriven } from './redriving.ts';
import { goTo } from './route.ts';
import { Status } from './status.tsx';
import { useCalm } from './use-calm.ts';
import { useRows } from './use-rows.ts';
import { WebhookFilterBar } from './webhook-filter-bar.tsx';
import {
  isTorn,
  openWebhooks,
  readWebhooks,
  toFilter,
  unread,
  type WebhookFilters,
  type WebhookRow,
} from './webhooks.ts';
import './webhooks-view.css';

/** How often the newest are looked for, in milliseconds. */
const refreshMs = 3_000;

const keyOf = ({ id }: WebhookRow) => id;

/** What Xendit delivered, newest first, and what became of it. */
export function WebhooksView({ filters }: { filters: WebhookFilters }) {
  const { client } = useGateway();
  const asked = JSON.stringify(filters);
  const [{ rows, waiting, isLoading, hasOlder, problem }, list] = useRows(
    useCallback(() => openWebhooks(client, JSON.parse(asked)), [client, asked]),
  );
  const [isAway, setAway] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const told = useCalm(waiting);
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => list?.hold(isAway), [list, isAway]);

  const redriven = useRef(0);
  useEffect(() => {
    const refresh = async () => {
      const before = redriven.current;
      const own: WebhookFilters = JSON.parse(asked);
      const page = await readWebhooks(client, toFilter(own));
      // What was read again meanwhile is known better here.
      if (!page.rows || !list || before !== redriven.current) return;
      if (isTorn(list.state().rows, page.rows, own)) list.reload();
      else list.add(page.rows);
    };
    const timer = setInterval(() => document.visibilityState === 'visible' && void refresh(), refreshMs);
    return () => clearInterval(timer);
  }, [client, asked, list]);
  useEffect(
    () =>
      onRedriven((webhook) => {
        redriven.current += 1;
        const row = list?.state().rows.find(({ id }) => id === webhook.id);
        if (row) list?.add([{ ...row, ...webhook }]);
      }),
    [list],
  );

  const choose = useCallback((row: WebhookRow) => {
    if (!unread.has(row.outcome)) return;
    setChosen((before) => {
      const others = [...before].filter((id) => id !== row.id);
      return new Set(before.has(row.id) ? others : [...others, row.id]);
    });
  }, []);
  const columns = useMemo(() => columnsWith(chosen, choose), [chosen, choose]);
  const showNew = () => {
    setAway(false);
    scroller.current?.scrollTo({ top: 0 });
  };
  const loadOlder = useCallback(() => problem === undefined && list?.loadOlder(), [list, problem]);

  return (
    <section className="view webhooks-view" aria-labelledby="view-title">
      <div className="view-head">
        <h1 id="view-title">Webhooks</h1>
        <p className="count" role="status">
          {told > 0 ? `${told.toLocaleString()} new` : ''}
        </p>
        {waiting > 0 && (
          <button type="button" className="button" onClick={showNew}>
            Show new
          </button>
        )}
      </div>
      <WebhookFilterBar filters={filters} />
      {!(problem?.code === 'FORBIDDEN') && (
        <RedriveBar filters={filters} chosen={chosen} onDone={() => setChosen(new Set())} />
      )}
      {rows.length === 0 && problem && <Notice problem={problem} scope="webhooks:manage" onRetry={list?.reload} />}
      {rows.length === 0 && !problem && !isLoading && (
        <Empty title="No webhooks">None that this filter lets through.</Empty>
      )}
      {rows.length === 0 && isLoading && <p className="grid-foot">Loading…</p>}
      {rows.length > 0 && (
        <Grid
          label="Webhooks, newest first"
          columns={columns}
          rows={rows}
          keyOf={keyOf}
          onOpen={({ id }) => goTo({ view: 'webhooks', filters: { ...filters }, open: id })}
          scroller={scroller}
          hasOlder={hasOlder}
          onNeedOlder={loadOlder}
          onAway={setAway}
          chosen={chosen}
          onChoose={choose}
        >
          <GridFoot problem={problem} hasOlder={hasOlder} count={rows.length} onRetry={() => list?.loadOlder()} />
        </Grid>
      )}
    </section>
  );
}

function columnsWith(chosen: ReadonlySet<string>, choose: (row: WebhookRow) => void): Column<WebhookRow>[] {
  return [
    {
      name: 'choice',
      label: 'Choose',
      cell: (row) =>
        unread.has(row.outcome) && (
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={`Choose ${row.id}`}
            checked={chosen.has(row.id)}
            onClick={(event) => event.stopPropagation()}
            onChange={() => choose(row)}
          />
        ),
    },
    {
      name: 'time',
      label: 'Received',
      cell: ({ receivedAt }) => <time dateTime={receivedAt}>{shortTime(receivedAt)}</time>,
    },
    { name: 'event', label: 'Event', cell: ({ event }) => event ?? 'Can’t be read' },
    { name: 'outcome', label: 'Outcome', cell: ({ outcome }) => <Status of={outcome} /> },
    { name: 'deliveries', label: 'Deliveries', cell: ({ deliveries }) => deliveries.toLocaleString() },
    { name: 'reason', label: 'Why', cell: ({ reason }) => reason ?? '' },
    { name: 'id', label: 'Id', cell: ({ id }) => id },
  ];
}
