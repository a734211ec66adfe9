/** The same question answered by Mercurius with its JIT, as one writes it by hand: a resolver that asks the upstream at UPSTREAM_URL. */
import { fastify } from 'fastify';
import { mercurius } from 'mercurius';
import { Pool } from 'undici';

const upstream = new Pool(process.env.UPSTREAM_URL ?? '', { connections: 64, allowH2: false });
const headers = { authorization: 'Basic eG5kOg==', accept: 'application/json' };

const schema = `
  scalar CurrencyCode
  scalar DateTime
  scalar Decimal
  scalar JSONObject

  type Query {
    qrCode(externalId: ID!): QrCode
  }

  type QrCode {
    id: ID!
    externalId: String
    type: QrCodeType!
    status: QrCodeStatus!
    qrString: String
    created: DateTime
    updated: DateTime
    amount: Money
    metadata: JSONObject
  }

  enum QrCodeType { DYNAMIC STATIC }

  enum QrCodeStatus { ACTIVE INACTIVE }

  type Money {
    amount: Decimal!
    currency: CurrencyCode!
  }
`;

interface QrCodeWire {
  id: string;
  external_id: string;
  type: string;
  status: string;
  qr_string: string;
  created: string;
  updated: string;
  amount: number | null;
  metadata: Record<string, unknown> | null;
}

async function findQrCode(externalId: string) {
  const path = `/qr_codes/${encodeURIComponent(externalId)}`;
  const { statusCode, body } = await upstream.request({ method: 'GET', path, headers });
  if (statusCode !== 200) {
    await body.dump();
    if (statusCode === 404) return null;
    throw new Error(`The upstream answered ${statusCode}`);
  }
  const wire = (await body.json()) as QrCodeWire;
  return {
    id: wire.id,
    externalId: wire.external_id,
    type: wire.type,
    status: wire.status,
    qrString: wire.qr_string,
    created: wire.created,
    updated: wire.updated,
    amount: wire.amount === null ? null : { amount: String(wire.amount), currency: 'IDR' },
    metadata: wire.metadata,
  };
}

const server = fastify({ keepAliveTimeout: 60_000 });
await server.register(mercurius, {
  schema,
  resolvers: { Query: { qrCode: (_: unknown, { externalId }: { externalId: string }) => findQrCode(externalId) } },
  jit: 1,
});
console.log(`ready ${await server.listen({ host: '127.0.0.1', port: 0 })}`);
process.on('SIGTERM', () => process.exit(0));
