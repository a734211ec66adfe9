/** `node till.ts 15000`: asks for an amount of rupiah with a QR code, and waits until it is paid. */
import { Client, fetchExchange } from '@urql/core';
import qrcode from 'qrcode';
import {
  CreateQrCodeDocument,
  type QrCodeFieldsFragment,
  SimulateQrPaymentDocument,
  WatchError,
  watchPayment,
} from 'xendit-graphql/client';

const { GATEWAY_URL: gateway = 'http://localhost:4000', GATEWAY_API_KEY: apiKey } = process.env;
const amount = process.argv[2] ?? '15000';
const paysItself = process.argv.includes('--pay');

const client = new Client({
  url: `${gateway}/graphql`,
  preferGetMethod: false,
  fetchOptions: { headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` } },
  exchanges: [fetchExchange],
});

async function createQrCode(): Promise<{ qrCode: QrCodeFieldsFragment; token: string }> {
  const externalId = `till-${crypto.randomUUID()}`;
  // Should the answer get lost, the same key gives the same code.
  const input = { externalId, type: 'DYNAMIC', amount, idempotencyKey: externalId } as const;
  const { data, error } = await client.mutation(CreateQrCodeDocument, { input });
  if (data === undefined) throw error;
  const result = data.createQrCode;
  if (result.__typename === 'CreateQrCodePayload') return { qrCode: result.qrCode, token: result.watchToken.token };
  if (result.__typename === 'InvalidInput') throw new Error(result.fields.map(({ message }) => message).join('; '));
  throw new Error(`${result.code}: ${result.message}`);
}

/** With play money, as the sandbox and Xendit's test mode allow. */
async function pay(externalId: string): Promise<void> {
  const { data, error } = await client.mutation(SimulateQrPaymentDocument, { input: { externalId } });
  if (data === undefined) throw error;
  if (data.simulateQrPayment.__typename !== 'SimulateQrPaymentPayload') throw new Error(data.simulateQrPayment.message);
}

try {
  const { qrCode, token } = await createQrCode();
  console.log(await qrcode.toString(qrCode.qrString ?? '', { type: 'terminal', small: true }));
  console.log(`${qrCode.amount?.amount} ${qrCode.amount?.currency}: waiting for ${qrCode.externalId}`);

  const onConnection = ({ transport, isConnected }: { transport: string; isConnected: boolean }) =>
    console.log(isConnected ? `listening by ${transport}` : `${transport} is away`);
  for await (const { version, kind, isPaid, payment } of watchPayment(gateway, token, { onConnection })) {
    if (isPaid) console.log(`paid: ${payment?.amount.amount} ${payment?.amount.currency}, ${payment?.id}`);
    else console.log(`version ${version}: ${kind}`);
    if (kind === 'SNAPSHOT' && !isPaid && paysItself && qrCode.externalId) await pay(qrCode.externalId);
  }
} catch (error) {
  console.error(error instanceof WatchError ? `${error.code}: ${error.message}` : error);
  process.exitCode = 1;
}
