import { createCustomers } from './customers.ts';
import { invalid, type Route } from './http.ts';
import { createIdempotency } from './idempotency.ts';
import { versionOf } from './input.ts';
import { createPaymentRequests } from './payment-requests.ts';
import { createPaymentTokens } from './payment-tokens.ts';
import { createPayments } from './payments.ts';
import { byVersion } from './qr-code-versions.ts';
import { qrCodeRoutes } from './qr-codes.ts';
import { qrCodeRoutesV2 } from './qr-codes-v2.ts';
import { createQrPayments } from './qr-payments.ts';
import { qrRefundRoutes } from './qr-refunds.ts';
import { createRefunds } from './refunds.ts';
import { createSending, type Send } from './sending.ts';
import { createSessions } from './sessions.ts';
import { createTransactions } from './transactions.ts';
import type { World } from './world.ts';

/** All endpoints, and the way to send a webhook about anything. */
export interface Products {
  routes: Route[];
  send: Send;
}

/** Every product, each with the state it needs of the others. */
export function openProducts(world: World): Products {
  const once = createIdempotency(world.clock);
  const transactions = createTransactions(world);
  const qrPayments = createQrPayments(transactions);
  const customers = createCustomers(world, once);
  const tokens = createPaymentTokens(world, customers);
  const payments = createPayments(world, tokens, transactions);
  const requests = createPaymentRequests(world, { customers, tokens, payments });
  const refunds = createRefunds(world, { requests, payments, transactions, once });
  const sessions = createSessions(world, { customers, requests, payments, tokens });
  return {
    send: createSending(world, { payments, requests, tokens, sessions, refunds, qrPayments }),
    routes: [
      ...byVersion(qrCodeRoutes(world.clock, qrPayments), qrCodeRoutesV2(world, qrPayments)),
      ...qrRefundRoutes(world, { qrPayments, transactions }),
      ...[requests, payments, tokens].flatMap(({ routes }) => routes.map(ofVersion3)),
      ...[refunds, sessions].flatMap(({ routes }) => routes),
      ...customers.routes,
      ...transactions.routes,
    ],
  };
}

/**
 * What all of version 3 asks for: its `api-version`, which the reference calls optional and the migration guide required, and ids
 * of 39 characters.
 *
 * Source: Xendit API reference, "Get a payment request"; Xendit docs, "Migrate from Payments API v2 to v3".
 */
function ofVersion3({ endpoint, handle }: Route): Route {
  const isXendits = endpoint.includes(' /v3/');
  return {
    endpoint,
    handle(call) {
      if (isXendits) {
        if (versionOf(call, ['2024-11-11']) === undefined) throw invalid('api-version is required');
        const malformed = Object.entries(call.params).find(([, id]) => id.length !== 39);
        if (malformed !== undefined) throw invalid(`${malformed[0]} must be 39 characters long`);
      }
      return handle(call);
    },
  };
}
