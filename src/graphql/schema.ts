import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addResolversToSchema, buildSubgraphSchema } from '@apollo/subgraph';
import { concatAST, type GraphQLSchema, parse } from 'graphql';
import { withRulesOnly } from './access.ts';
import { activityResolvers } from './activity.ts';
import { balanceResolvers } from './balance.ts';
import { changeResolvers } from './change.ts';
import { commonResolvers } from './common.ts';
import { customerResolvers } from './customer.ts';
import { failureResolvers } from './failure.ts';
import { federationResolvers, federationRules } from './federation.ts';
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

const resolvers: Parameters<typeof addResolversToSchema>[1][] = [
  scalars,
  commonResolvers,
  federationResolvers,
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
];

/**
 * The graph: the contract in `schema/`, the resolvers beside this file under the same names, and what makes it a subgraph of
 * federation 2.
 */
export function createSchema(): GraphQLSchema {
  const files = readdirSync(contract)
    .filter((name) => name.endsWith('.graphql'))
    .sort();
  const whole = buildSubgraphSchema(concatAST(files.map((name) => parse(readFileSync(join(contract, name), 'utf8')))));
  for (const one of resolvers) addResolversToSchema(whole, one);
  return withRulesOnly(whole, federationRules);
}
