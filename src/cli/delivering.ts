import { objectOf, textOf } from '../model/json.ts';
import { reasonOf } from './command-error.ts';

/** A webhook on its way to somebody who takes webhooks. */
export interface Outgoing {
  url: string;
  callbackToken: string | undefined;
  webhookId: string | undefined;
  body: string | Uint8Array<ArrayBuffer>;
}

/** What came of sending it. */
export interface Answered {
  /** Undefined when no answer came. */
  status: number | undefined;
  /** The gateway's word for what became of it; undefined from anybody else. */
  outcome: string | undefined;
  /** The gateway's id for it. */
  eventId: string | undefined;
  /** Why it was refused, or why no answer came. */
  problem: string | undefined;
  isAcknowledged: boolean;
}

/** As long as Xendit waits. */
const answerTimeoutMs = 30_000;

/** Sends one webhook as Xendit does, without following redirects. Never rejects. */
export async function deliver(
  { url, callbackToken, webhookId, body }: Outgoing,
  signal?: AbortSignal,
): Promise<Answered> {
  const timeout = AbortSignal.timeout(answerTimeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(callbackToken !== undefined && { 'x-callback-token': callbackToken }),
        ...(webhookId !== undefined && { 'webhook-id': webhookId }),
      },
      body,
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    const said = parsed(await response.text());
    return {
      status: response.status,
      outcome: textOf(said.outcome),
      eventId: textOf(said.id),
      problem: response.ok ? undefined : (textOf(said.message) ?? response.statusText),
      isAcknowledged: response.ok,
    };
  } catch (error) {
    const problem = reasonOf(error);
    return { status: undefined, outcome: undefined, eventId: undefined, problem, isAcknowledged: false };
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(text)) ?? {};
  } catch {
    return {};
  }
}
