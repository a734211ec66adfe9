import './summary.css';
import type { Bill } from './bill.ts';
import { CopyButton } from './copy-button.tsx';
import { Countdown } from './countdown.tsx';
import { useLanguage } from './language.tsx';

/** To whom, how much, and until when. @property now on the gateway's clock, in ms; undefined: that is over */
export function Summary({ bill, now }: { bill: Bill; now: number | undefined }) {
  const { words, formats } = useLanguage();
  const { type, amount, merchant, city, description, expiresAt, isForMoney } = bill;
  const kind = type === 'Refund' ? words.refund : isForMoney ? words.payment : words.savedMeans;
  return (
    <section className="summary">
      {merchant !== undefined && <p className="label">{words.payTo}</p>}
      <h1>
        {merchant ?? kind}
        {city !== undefined && <small>{city}</small>}
      </h1>
      {amount !== null && (
        <p className="amount">
          <span>{formats.money(amount)}</span>
          <CopyButton text={amount.amount} what={words.amount} />
        </p>
      )}
      {amount === null && isForMoney && (
        <>
          <p className="amount any">{words.anyAmount}</p>
          <p className="hint">{words.anyAmountHint}</p>
        </>
      )}
      {expiresAt !== undefined && now !== undefined && <Countdown expiresAt={expiresAt} now={now} />}
      {description !== undefined && <p>{description}</p>}
    </section>
  );
}

/** How it is named, and by what it is paid. */
export function Details({ bill: { reference, channel } }: { bill: Bill }) {
  const { words } = useLanguage();
  return (
    <dl>
      {reference !== undefined && (
        <div>
          <dt>{words.reference}</dt>
          <dd>
            <span>{reference}</span>
            <CopyButton text={reference} what={words.reference} />
          </dd>
        </div>
      )}
      {channel !== undefined && (
        <div>
          <dt>{words.channel}</dt>
          <dd>{channel}</dd>
        </div>
      )}
    </dl>
  );
}
