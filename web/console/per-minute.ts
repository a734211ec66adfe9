import type { Client } from 'urql';
import { keyOf } from './activity.ts';
import { type ActivityFilter, PaymentTimesDocument } from './generated/documents.ts';
import { minuteMs, minutes } from './minutes.ts';
import { answerOf, type Problem } from './problem.ts';
import type { Happening } from './pulse.ts';

const paid: ActivityFilter = {
  types: ['Payment', 'QrPayment'],
  kinds: ['CREATED', 'STATUS_CHANGED'],
  statuses: ['SUCCEEDED', 'COMPLETED'],
};

/** Whether a change says that money has come. */
export function isPaid({ resource, kind, toStatus }: Happening): boolean {
  return (
    (paid.types as string[]).includes(resource.__typename) &&
    (paid.kinds as string[]).includes(kind) &&
    (paid.statuses as string[]).includes(toStatus)
  );
}

const pageSize = 100;
/** More pages would take longer than anybody waits. */
const mostPages = 30;

/** When payments of the last hour were heard of, newest first: the keys of their changes and milliseconds. */
export interface PaymentTimes {
  times: [key: string, time: number][];
  /** There were more than are read: what lies before this moment is not counted. */
  since: number | undefined;
}

/** @param now by the gateway's clock, as the times. */
export async function readPaymentTimes(client: Client, now: number): Promise<PaymentTimes | Problem> {
  const times: PaymentTimes['times'] = [];
  let after: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const variables = { filter: paid, first: pageSize, ...(after && { after }) };
    const { data, problem } = answerOf(await client.query(PaymentTimesDocument, variables).toPromise());
    if (problem) return problem;
    const { edges, pageInfo } = data.activity;
    times.push(...edges.map(({ node }): [string, number] => [keyOf(node), Date.parse(node.recordedAt)]));
    after = edges.at(-1)?.cursor;
    const oldest = times.at(-1)?.[1] ?? now;
    if (!pageInfo.hasNextPage || oldest < now - minutes * minuteMs) return { times, since: undefined };
  }
  return { times, since: times.at(-1)?.[1] };
}
