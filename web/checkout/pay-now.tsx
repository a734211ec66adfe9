import { type FormEvent, useState } from 'react';
import { useClient } from 'urql';
import type { WatchedResource } from '../../src/client/index.ts';
import type { Bill } from './bill.ts';
import { PayPaymentRequestDocument, PayQrCodeDocument } from './generated/documents.ts';
import { useLanguage } from './language.tsx';

/** Pays with play money, where a sandbox plays Xendit. That it is paid the page hears like anybody else. */
export function PayNow({ watched, bill }: { watched: WatchedResource; bill: Bill }) {
  const { words } = useLanguage();
  const client = useClient();
  const [isPaying, setPaying] = useState(false);
  const [failure, setFailure] = useState<string>();
  if (bill.type !== 'QrCode' && bill.type !== 'PaymentRequest') return null;

  const pay = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const amount = new FormData(event.currentTarget).get('amount')?.toString();
    setPaying(true);
    setFailure(undefined);
    const { id, reference = id } = watched;
    const { data, error } =
      bill.type === 'QrCode'
        ? await client.mutation(PayQrCodeDocument, { externalId: reference, amount: amount ?? null })
        : await client.mutation(PayPaymentRequestDocument, { id, amount: amount ?? null });
    setPaying(false);
    const refusal = data && 'message' in data.paid ? data.paid.message : error?.graphQLErrors[0]?.message;
    if (refusal !== undefined || error !== undefined) setFailure(refusal ?? words.notReached);
  };
  return (
    <form className="pay-now" onSubmit={pay}>
      {bill.amount === null && (
        <label>
          {words.payAmount}
          <input name="amount" inputMode="decimal" autoComplete="off" defaultValue="15000" required />
        </label>
      )}
      <button
        type="submit"
        className="button"
        aria-disabled={isPaying}
        onClick={(event) => isPaying && event.preventDefault()}
      >
        {isPaying ? words.paying : words.payNow}
      </button>
      <p className="hint">{words.payNowHint}</p>
      <p className="failure" role="alert">
        {failure === undefined ? '' : words.payFailed(failure)}
      </p>
    </form>
  );
}
