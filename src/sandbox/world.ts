import type { JsonObject } from '../model/json.ts';
import type { Clock } from './clock.ts';
import type { WebhookDraft } from './deliveries.ts';

/** What every product needs beyond the call that it answers. */
export interface World {
  clock: Clock;
  /** Where an account's webhooks go, as its dashboard says; undefined where it says nothing. */
  dashboardUrl(account: string): string | undefined;
  /**
   * Sends a webhook that no call caused, such as an expiry.
   *
   * @returns its id, once the first attempt is over, held or put off.
   */
  post(webhook: WebhookDraft): Promise<string>;
}

/**
 * A webhook to an account's dashboard URL in its envelope, whose `created` is the time of each attempt.
 *
 * @param apiVersion 'v3' for payments, payment requests and payment tokens; the other events have none.
 * Source: Xendit API reference, "Payment webhook notification".
 */
export function enveloped(
  world: World,
  account: string,
  event: string,
  data: JsonObject,
  apiVersion?: 'v3',
): WebhookDraft {
  return {
    account,
    event,
    url: () => world.dashboardUrl(account),
    body: (sentAt) => ({
      event,
      business_id: businessOf(account),
      created: timeOf(sentAt),
      ...(apiVersion && { api_version: apiVersion }),
      data,
    }),
  };
}

/** The `business_id` of an account: a sub-account's own id, and a made-up one for the owner of the key. */
export function businessOf(account: string): string {
  return account === '' ? '5f27a14a9bf05c73dd040bc8' : account;
}

/** A moment as Xendit writes it: `2026-01-02T03:04:05.678Z`. */
export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** State that each account has its own of, made when it is first asked for. */
export function perAccount<T>(make: () => T): (account: string) => T {
  const states = new Map<string, T>();
  return (account) => {
    const known = states.get(account);
    if (known !== undefined) return known;
    const made = make();
    states.set(account, made);
    return made;
  };
}
