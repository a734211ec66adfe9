import type { Client } from 'urql';
import { ResourceSheetDocument, type ResourceSheetQuery } from './generated/documents.ts';
import { type Problem, problemOf } from './problem.ts';

type Node = NonNullable<ResourceSheetQuery['node']>;
/** A resource that changes, as its sheet shows it. */
export type Shown = Extract<Node, { history: unknown }>;
type Change = Shown['history']['edges'][number]['node'];

/** One step of a resource's life. */
export interface Step {
  version: number;
  kind: string;
  origin: Change['origin'];
  /** In UTC, as the graph writes it. */
  at: string;
  /** What it led to. */
  status: string;
  cursor: string;
}

/** A resource with its steps, newest first. */
export interface Told {
  node: Shown;
  steps: Step[];
  hasOlder: boolean;
}

/** @param after a step's cursor, for those before it; the newest ones without it. */
export async function readTold(client: Client, id: string, after?: string): Promise<Told | undefined | Problem> {
  const variables = after === undefined ? { id } : { id, after };
  const { data, error } = await client.query(ResourceSheetDocument, variables).toPromise();
  const node = data?.node;
  // A link that could not be followed leaves the rest as it is.
  if (node && 'history' in node) {
    const { edges, pageInfo } = node.history;
    return { node, steps: edges.map(({ node: change }) => toStep(change)), hasOlder: pageInfo.hasNextPage };
  }
  return error ? problemOf(error) : undefined;
}

function toStep(change: Change): Step {
  const { version, kind, origin, occurredAt: at, cursor } = change;
  return { version, kind, origin, at, cursor, status: statusAfter(change) };
}

function statusAfter(change: Change): string {
  if ('paymentRequest' in change) return change.paymentRequest.requestStatus;
  if ('payment' in change) return change.payment.paymentStatus;
  if ('qrCode' in change) return change.qrCode.codeStatus;
  if ('qrPayment' in change) return change.qrPayment.qrPaymentStatus;
  if ('paymentSession' in change) return change.paymentSession.sessionStatus;
  if ('paymentToken' in change) return change.paymentToken.tokenStatus;
  if ('refund' in change) return change.refund.refundStatus;
  return 'capture' in change ? change.capture.captureStatus : 'UNKNOWN';
}
