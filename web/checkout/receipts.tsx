import { CheckIcon } from './icons.tsx';
import { useLanguage } from './language.tsx';
import type { Receipt } from './progress.ts';

/**
 * The payments of something that is paid again and again, the newest first.
 *
 * @property isListed whether the connection tells each of them
 */
export function Receipts({ receipts, isListed }: { receipts: Receipt[]; isListed: boolean }) {
  const { words, formats } = useLanguage();
  const [newest] = receipts;
  return (
    <section className="receipts" aria-labelledby="received">
      <h2 id="received">{words.received}</h2>
      <p className="unseen" role="alert">
        {newest === undefined ? '' : words.receivedAmount(formats.money(newest.amount))}
      </p>
      {newest === undefined && isListed && <p className="hint">{words.nothingYet}</p>}
      {!isListed && <p className="hint">{words.notListed}</p>}
      <ol>
        {receipts.map(({ id, amount, at }) => (
          <li key={id}>
            <CheckIcon />
            <strong>{words.receivedAmount(formats.money(amount))}</strong>
            <time dateTime={at}>{formats.time(at)}</time>
          </li>
        ))}
      </ol>
    </section>
  );
}
