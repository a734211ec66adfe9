import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Report } from '../model/report.ts';
import type { WebhookRoom } from '../server/webhooks.ts';
import type { Ledger } from '../store/ledger.ts';
import type { WebhookEvent } from '../store/reads.ts';
import { readAgain } from '../webhook/read-again.ts';
import type { ReadingRules } from '../webhook/reading.ts';
import { receiveWebhook } from '../webhook/receive.ts';
import { createRefusals } from '../webhook/refusals.ts';
import { createProof } from '../webhook/token.ts';

/** How webhooks come in, from Xendit or from the inbox. */
export interface WebhookEntry {
  room: WebhookRoom;
  readAgain(event: WebhookEvent): Report;
  /** How many deliveries were refused since the start, for want of the right callback token. */
  refusals(): number;
  close(): void;
}

export function openWebhooks(
  config: Config,
  log: Log,
  ledger: Ledger,
  { onAnswered }: Pick<WebhookRoom, 'onAnswered'>,
): WebhookEntry {
  const { callbackTokens, accountCallbackTokens, businessId, xenditSecretKey, verifyWebhooks } = config;
  const prove = createProof({
    owner: callbackTokens,
    ofAccounts: accountCallbackTokens,
    areShared: xenditSecretKey === undefined,
  });
  const rules: ReadingRules = {
    businesses: { owner: businessId, accounts: new Set(accountCallbackTokens.keys()) },
    verifies: verifyWebhooks,
  };
  const refusals = createRefusals(log, config.webhookRefusalsLogMs);
  return {
    room: {
      prove,
      receive: (delivery) => receiveWebhook({ ...rules, prove, ledger, log }, delivery),
      onRefused: () => refusals.add(),
      onAnswered,
      maxBytes: config.webhookMaxBytes,
    },
    readAgain: (event) => readAgain(event, rules),
    refusals: () => refusals.total(),
    close: () => refusals.close(),
  };
}
