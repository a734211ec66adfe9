import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { withRulesOnly } from './access.ts';
import { activityResolvers } from './activity.ts';
import { balanceResolvers } from './balance.ts';
import { changeResolvers } from './change.ts';
import { commonResolvers } from './common.ts';
import type { Context } from './context.ts';
import { customerResolvers } from './customer.ts';
import { failureResolvers } from './failure.ts';
import { paymentResolvers } from './payment.ts';
import { paymentRequestResolvers } from './payment-request.ts';
import { paymentSessionResolvers } from './payment-session.ts';
import { paymentTokenResolvers } from './payment-token.ts';
import { qrCodeResolvers } from './qr-code.ts';
import { refundResolvers } from './refund.ts';
import { scalars } from './scalars.ts';
import { watchTokenResolvers } from './watch-token.ts';
import { webhookEventResolvers } from './webhook-event.ts';
import { xenditBudgetResolvers } from './xendit-budget.ts';

const contract = join(import.meta.dirname, '../../schema');

/** The graph: the contract in `schema/`, and the resolvers beside this file under the same names. */
export function createSchema(): GraphQLSchema {
  const files = readdirSync(contract)
    .filter((name) => name.endsWith('.graphql'))
    .sort();
  const whole = makeExecutableSchema<Context>({
    typeDefs: files.map((name) => readFileSync(join(contract, name), 'utf8')),
    resolvers: [
      scalars,
      commonResolvers,
      failureResolvers,
      changeResolvers,
      qrCodeResolvers,
      paymentRequestResolvers,
      paymentResolvers,
      paymentSessionResolvers,
      paymentTokenResolvers,
      refundResolvers,
      customerResolvers,
      balanceResolvers,
      xenditBudgetResolvers,
      activityResolvers,
      webhookEventResolvers,
      watchTokenResolvers,
    ],
  });
  return withRulesOnly(whole);
}
