import { useEffect, useState } from 'react';
import { type CombinedError, useClient } from 'urql';
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
  const isWanted = answer.bill === undefined || answer.bill.version < revision;

  useEffect(() => {
    if (!isWanted) return;
    let timer: ReturnType<typeof setTimeout>;
    let isLeft = false;
    const ask = async () => {
      clearTimeout(timer);
      const { data, error } = await client.query(question.document, question.variables).toPromise();
      if (isLeft) return;
      const bill = error === undefined ? question.read(data) : undefined;
      const fault = error === undefined ? 'UNKNOWN' : faultOf(error, watched);
      setAnswer((before) => (bill === undefined ? { ...before, fault } : { bill }));
      if (fault === 'AWAY') timer = setTimeout(ask, retryMs);
    };
    ask();
    addEventListener('online', ask);
    return () => {
      isLeft = true;
      clearTimeout(timer);
      removeEventListener('online', ask);
    };
  }, [client, question, watched, isWanted]);
  return answer;
}

function faultOf({ graphQLErrors: [error] }: CombinedError, { expiresAt }: WatchedResource): Fault {
  const code = error?.extensions.code;
  if (code === 'UNAUTHENTICATED') return expiresAt.getTime() <= Date.now() ? 'EXPIRED' : 'INVALID';
  return code === 'FORBIDDEN' ? 'REFUSED' : 'AWAY';
}
