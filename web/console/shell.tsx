import { type ReactNode, useEffect } from 'react';
import type { About } from '../shared/about.ts';
import icon from '../shared/icon.svg';
import { ModeBadge } from '../shared/mode-badge.tsx';
import { Scrollable } from '../shared/scrollable.tsx';
import { ActivityView } from './activity-view.tsx';
import { BudgetView } from './budget-view.tsx';
import { ChartsView } from './charts-view.tsx';
import { ConnectionBadge } from './connection-badge.tsx';
import { ActivityIcon, ChartIcon, GaugeIcon, InboxIcon, OutIcon } from './icons.tsx';
import type { Latency } from './latency.ts';
import { ResourceSheet } from './resource-sheet.tsx';
import { goTo, hrefOf, type Route, routeNow, useRoute, type View, views } from './route.ts';
import { WebhookSheet } from './webhook-sheet.tsx';
import { WebhooksView } from './webhooks-view.tsx';

const places: Record<View, { name: string; icon: ReactNode }> = {
  activity: { name: 'Activity', icon: <ActivityIcon /> },
  webhooks: { name: 'Webhooks', icon: <InboxIcon /> },
  budget: { name: 'Budget', icon: <GaugeIcon /> },
  charts: { name: 'Charts', icon: <ChartIcon /> },
};

interface ShellProps {
  about: About;
  latency: Latency;
  onSignOut: (() => void) | undefined;
}

/** What stands around every view, and what lies open above it. */
export function Shell({ about, latency, onSignOut }: ShellProps) {
  const route = useRoute();
  useEffect(() => {
    document.title = `${places[route.view].name} – Console`;
  }, [route.view]);
  return (
    <div className="shell">
      <header className="shell-head">
        <a className="brand" href={about.pages.includes('start') ? '/' : hrefOf({ view: 'activity' })}>
          <img src={icon} alt="" width="24" height="24" />
          <span>Console</span>
        </a>
        <ModeBadge mode={about.mode} />
        <ConnectionBadge />
        {onSignOut && (
          <button type="button" className="icon-button sign-out" onClick={onSignOut}>
            <OutIcon />
            <span className="hidden">Sign out</span>
          </button>
        )}
      </header>
      <nav className="shell-nav" aria-label="Views">
        {views.map((view) => (
          <a key={view} href={hrefOf({ view })} aria-current={view === route.view ? 'page' : undefined}>
            {places[view].icon}
            {places[view].name}
          </a>
        ))}
      </nav>
      <Scrollable isMain className="shell-main">
        <Viewed route={route} latency={latency} />
      </Scrollable>
      <Opened route={route} />
    </div>
  );
}

function Viewed({ route, latency }: { route: Route; latency: Latency }) {
  switch (route.view) {
    case 'activity':
      return <ActivityView filters={route.filters} />;
    case 'webhooks':
      return <WebhooksView filters={route.filters} />;
    case 'budget':
      return <BudgetView />;
    case 'charts':
      return <ChartsView latency={latency} />;
  }
}

function Opened({ route }: { route: Route }) {
  const { open: id } = route;
  if (id === undefined) return null;
  // A browser tells of it a little later, when another filter may have been set.
  const close = () => goTo({ ...routeNow(), open: undefined });
  const Sheet = id.startsWith('wh_') ? WebhookSheet : ResourceSheet;
  return <Sheet key={id} id={id} route={route} onClose={close} />;
}
