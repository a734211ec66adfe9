import './paid.css';
import { useEffect, useRef } from 'react';
import type { Bill } from './bill.ts';
import { CheckIcon } from './icons.tsx';
import { useLanguage } from './language.tsx';

export interface PaidProps {
  bill: Bill;
  /** As it is shown. */
  amount: string;
  /** In UTC. */
  at: string | undefined;
}

/** The whole page says that the money has arrived. */
export function Paid({ bill, amount, at }: PaidProps) {
  const { words, formats } = useLanguage();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="paid">
      <span className="seal">
        <CheckIcon />
      </span>
      <h1 ref={heading} tabIndex={-1}>
        {words.paid}
      </h1>
      <p className="amount">{amount}</p>
      {bill.merchant !== undefined && <p className="merchant">{bill.merchant}</p>}
      <dl>
        {at !== undefined && (
          <div>
            <dt className="unseen">{words.paid}</dt>
            <dd>
              <time dateTime={at}>{words.paidAt(formats.time(at))}</time>
            </dd>
          </div>
        )}
        {bill.reference !== undefined && (
          <div>
            <dt>{words.reference}</dt>
            <dd>{bill.reference}</dd>
          </div>
        )}
      </dl>
      <p>{words.mayClose}</p>
    </section>
  );
}
