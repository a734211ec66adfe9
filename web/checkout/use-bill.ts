import { useEffect, useState } from 'react';
import { type Client, type CombinedError, useClient } from 'urql';
import type { WatchedResource } from '../../src/client/index.ts';
import { type Bill, type BillQuestion, questionOf } from './bill.ts';
import type { Fault } from './fault.ts';

/** Until it is asked again after nobody answered. */
const retryMs = 2_000;

/**
 * Asks what is to be paid, again and again until the gateway answers, and once more when there is news of it.
 *
 * @param revision the version that is known of.
 */
export function useBill(watched: WatchedResource, revision: number): { bill?: Bill; fault?: Fault } {
  const client = useClient();
  const [question] = useState<BillQuestion>(() => questionOf(watched));
  const [answer, setAnswer] = useState<{ bill?: Bill; fault?: Fault }>({});
  const wanted = wantedAfter(answer.bill, revision);

  useEffect(() => {
    if (wanted === undefined) return;
    let timer: ReturnType<typeof setTimeout>;
    let isLeft = false;
    const ask = async () => {
      clearTimeout(timer);
      const told = await askOnce(client, question, watched);
      if (isLeft) return;
      setAnswer((before) => (told.bill === undefined ? { ...before, ...told } : told));
      if (told.fault === 'AWAY') timer = setTimeout(ask, retryMs);
    };
    ask();
    addEventListener('online', ask);
    return () => {
      isLeft = true;
      clearTimeout(timer);
      removeEventListener('online', ask);
    };
  }, [client, question, watched, wanted]);
  return answer;
}

/** The revision for whose sake it is to be asked, 0 for the first time; undefined: what is known is of the latest. */
export function wantedAfter(bill: Pick<Bill, 'version'> | undefined, revision: number): number | undefined {
  if (bill === undefined) return 0;
  return bill.version < revision ? revision : undefined;
}

async function askOnce(
  client: Client,
  { document, variables, read }: BillQuestion,
  watched: WatchedResource,
): Promise<{ bill?: Bill; fault?: Fault }> {
  try {
    const { data, error } = await client.query(document, variables).toPromise();
    if (error !== undefined) return { fault: faultOf(error, watched) };
    const bill = read(data);
    return bill === undefined ? { fault: 'UNKNOWN' } : { bill };
  } catch {
    return { fault: 'AWAY' };
  }
}

function faultOf({ graphQLErrors: [error] }: CombinedError, { expiresAt }: WatchedResource): Fault {
  const code = error?.extensions.code;
  if (code === 'UNAUTHENTICATED') return expiresAt.getTime() <= Date.now() ? 'EXPIRED' : 'INVALID';
  return code === 'FORBIDDEN' ? 'REFUSED' : 'AWAY';
}
