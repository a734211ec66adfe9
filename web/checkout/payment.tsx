import './standing.css';
import type { WatchedResource } from '../../src/client/index.ts';
import type { Bill } from './bill.ts';
import { ConnectionLine } from './connection-line.tsx';
import { useLanguage } from './language.tsx';
import { Notice, Problem } from './notice.tsx';
import { Paid } from './paid.tsx';
import { PayNow } from './pay-now.tsx';
import { Receipts } from './receipts.tsx';
import { type Standing, standingOf } from './standing.ts';
import { Details, Summary } from './summary.tsx';
import { useTab } from './tab.ts';
import { useBill } from './use-bill.ts';
import { useNow } from './use-now.ts';
import { useWatch, type Watching } from './use-watch.ts';
import { Ways } from './ways.tsx';

export interface PaymentProps {
  token: string;
  watched: WatchedResource;
  isSandbox: boolean;
}

/** What a watch token is for, once it is known. */
export function Payment({ token, watched, isSandbox }: PaymentProps) {
  const { words } = useLanguage();
  const watching = useWatch(token, watched);
  const { bill, fault } = useBill(watched, watching.progress.revision);
  const why = fault ?? watching.fault;
  if (bill !== undefined) return <Standings bill={bill} watched={watched} watching={watching} isSandbox={isSandbox} />;
  return why === undefined ? <p className="loading">{words.loading}</p> : <Problem fault={why} />;
}

interface StandingsProps {
  bill: Bill;
  watched: WatchedResource;
  watching: Watching;
  isSandbox: boolean;
}

const tones = {
  OPEN: 'quiet',
  PENDING: 'quiet',
  DONE: 'quiet',
  EXPIRED: 'warn',
  CANCELED: 'warn',
  FAILED: 'bad',
} as const satisfies Record<Exclude<Standing['type'], 'PAID'>, string>;

function Standings({ bill, watched, watching, isSandbox }: StandingsProps) {
  const { words, formats } = useLanguage();
  const { progress, connection, isOver, fault } = watching;
  const now = useNow();
  const standing = standingOf(bill, progress, now);
  const amount = standing.type === 'PAID' ? standing.amount : bill.amount;
  const sum = amount ? formats.money(amount) : '';
  const standings = bill.isForMoney ? words.standings : words.otherStandings;
  const title = standing.type === 'PAID' ? words.paidTitle(sum) : standings[standing.type].title;
  useTab([title, bill.merchant].filter(Boolean).join(' · '), standing.type);
  const isPolling = connection?.isConnected === true && connection.transport === 'polling';
  const isOpen = standing.type === 'OPEN' && (bill.isForMoney || bill.ways.length > 0) && fault === undefined;
  return (
    <>
      <p className="unseen" role="alert">
        {standing.type === 'PAID' ? `${words.paid}. ${sum}` : ''}
      </p>
      {standing.type === 'PAID' ? (
        <Paid bill={bill} amount={sum} at={standing.at} />
      ) : (
        <>
          <div className={isOpen ? 'card' : 'card alone'}>
            <Summary bill={bill} now={isOpen ? now : undefined} />
            {isOpen && (
              <section className="ways">
                <Ways bill={bill} />
                {isSandbox && <PayNow watched={watched} bill={bill} />}
              </section>
            )}
            <section className="standing">
              {bill.isReusable && <Receipts receipts={progress.receipts} isListed={!isPolling} />}
              <Notice {...standings[standing.type]} tone={tones[standing.type]} />
              {fault !== undefined && <Notice {...words.faults[fault]} tone="warn" />}
              <Details bill={bill} />
            </section>
          </div>
          {fault === undefined && !isOver && <ConnectionLine connection={connection} />}
        </>
      )}
    </>
  );
}
