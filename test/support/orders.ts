import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';

/** A merchant's own subgraph, which refers to what the gateway has and adds to it. */
export const ordersSdl = /* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.4", import: ["@key", "@external", "@shareable"])

  type Query {
    orders: OrderConnection!
  }

  type OrderConnection {
    nodes: [Order!]!
    pageInfo: PageInfo!
  }

  type Order @key(fields: "id") {
    id: ID!
    total: Money!
    paymentRequest: PaymentRequest
    qrCode: QrCode
  }

  type PaymentRequest @key(fields: "id", resolvable: false) {
    id: ID!
  }

  extend type QrCode @key(fields: "externalId") {
    externalId: String @external
    order: Order
  }

  type Money @shareable {
    amount: Decimal!
    currency: CurrencyCode!
  }

  type PageInfo @shareable {
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: Cursor
    endCursor: Cursor
  }

  scalar Decimal
  scalar CurrencyCode
  scalar Cursor
`;

/** What one subgraph gives a router to ask another with. */
export type Representation = Readonly<Record<string, unknown>>;

/** How the subgraph names what its orders were paid by, each by the request's id and the code's external one. */
export async function referencesOf(
  orders: readonly { requestId: string; externalId: string }[],
): Promise<Representation[]> {
  const nodes = orders.map(({ requestId, externalId }) => ({
    paymentRequest: { id: requestId },
    qrCode: { externalId },
  }));
  const { data, errors } = await graphql({
    schema: buildSubgraphSchema(parse(ordersSdl)),
    source: '{ orders { nodes { paymentRequest { __typename id } qrCode { __typename externalId } } } }',
    rootValue: { orders: { nodes } },
  });
  if (errors !== undefined) throw errors[0];
  const told = data as { orders: { nodes: Record<'paymentRequest' | 'qrCode', Representation>[] } };
  return told.orders.nodes.flatMap(({ paymentRequest, qrCode }) => [paymentRequest, qrCode]);
}
