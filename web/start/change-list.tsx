import { money } from './money.ts';
import type { Watching } from './use-watching.ts';

const time = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' });

const words = {
  connecting: 'Connecting…',
  connected: 'Connected over WebSocket.',
  complete: 'Everything has been said: the stream is complete.',
  failed: 'The stream has ended.',
};

/** What a subscription has told so far, and whether it goes on. */
export function ChangeList({ changes, state }: Watching) {
  return (
    <div className="changes">
      <p className={`connection ${state}`}>{words[state]}</p>
      <ol>
        {changes.map(({ cursor, version, kind, origin, occurredAt, qrCode, payment }) => (
          <li key={cursor} className={payment ? 'change news' : 'change'}>
            <time dateTime={occurredAt}>{time.format(new Date(occurredAt))}</time>
            <span className="kind">{kind}</span>
            <span>
              version {version}, {qrCode.status}
              {payment?.amount && <strong>, {money(payment.amount)} received</strong>}
            </span>
            <span className="quiet">{origin}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
