import { GatewayError } from '../errors.ts';
import { unreadOutcomes } from '../model/report.ts';
import type { Inbox } from '../store/inbox.ts';
import type { WebhookEvent } from '../store/reads.ts';
import type { Rooms } from './rooms.ts';
import { type SweepOptions, startSweeping } from './sweeping.ts';

export interface RedriveOptions extends SweepOptions {
  /** How many are read again at once. */
  batchSize: number;
  /** How often a FAILED one is read again before it is given up. */
  attempts: number;
  /** Between the first two attempts, in milliseconds; each later pause is four times the one before. */
  pauseMs: number;
}

/**
 * Reads a webhook again of which nothing could be made so far; what it says now is committed once, together with what became
 * of it.
 *
 * @returns it as it is then.
 * @throws GatewayError NOT_FOUND the account has no such webhook; WRONG_STATE it has been read; STORE_UNAVAILABLE.
 */
export async function redriveWebhookEvent(rooms: Rooms, account: string, id: string): Promise<WebhookEvent> {
  const event = await rooms.reads.webhookEvent(account, id);
  if (event === undefined) throw new GatewayError('NOT_FOUND', 'There is no such webhook event');
  if (!unreadOutcomes.some((outcome) => outcome === event.outcome)) {
    throw new GatewayError('WRONG_STATE', `It has been read, and is ${event.outcome}: nothing is left to be done`);
  }
  await rooms.ledger.observe(rooms.readAgain(event));
  return (await rooms.reads.webhookEvent(account, id)) ?? event;
}

/**
 * Reads again by itself, at the start and then from time to time: what was UNRECOGNISED and has a reader by now, as after an
 * upgrade, and what FAILED, a few times with growing pauses. Whatever else happens to the same resources goes on meanwhile:
 * in whichever order they are taken in, observations come to the same.
 *
 * @param knowsEvent whether this version can read events of that name.
 * @returns a function that stops it and waits for what is under way.
 */
export function startRedriving(
  { ledger, readAgain }: Pick<Rooms, 'ledger' | 'readAgain'>,
  inbox: Inbox,
  knowsEvent: (name: string) => boolean,
  { batchSize, attempts, pauseMs, ...options }: RedriveOptions,
): () => Promise<void> {
  const { log } = options;
  const takeIn = async (event: WebhookEvent) => {
    const what = { id: event.id, event: event.event };
    try {
      const { outcome } = await ledger.observe(readAgain(event));
      if (outcome !== 'FAILED') log.info({ ...what, outcome }, 'a webhook was read again');
      else if (event.attempts + 1 >= attempts && (await inbox.giveUp(event.id)))
        log.error(what, 'a webhook can not be applied and is given up: mend the fault, then call redriveWebhookEvent');
    } catch (error) {
      log.warn({ err: error, ...what }, 'a webhook could not be read again now');
    }
  };
  const round = async (isStopped: () => boolean) => {
    for (const name of (await inbox.unrecognisedNames()).filter(knowsEvent)) {
      if (isStopped()) return;
      let after: string | undefined;
      do {
        const events = await inbox.unrecognised(name, batchSize, after);
        await Promise.all(events.map(takeIn));
        after = events.length < batchSize ? undefined : events.at(-1)?.id;
      } while (after !== undefined && !isStopped());
    }
    if (!isStopped()) await Promise.all((await inbox.claimFailed(batchSize, pauseMs)).map(takeIn));
  };
  return startSweeping(round, 'reading webhooks again has to wait', options);
}
