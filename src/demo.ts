/**
 * `npm run demo`: the whole story against a running gateway at `PORT`, as a front end would live it. It knows nothing of the
 * gateway but its address.
 */
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const address = `localhost:${process.env.PORT || 4000}/graphql`;
const externalId = `demo-${Date.now()}`;

interface Told {
  qrCodeChanged: {
    kind: string;
    version: number;
    origin: string;
    qrCode: { status: string };
    payment: { id: string; amount: { amount: string; currency: string } } | null;
  };
}

async function ask<T>(query: string, variables: object = {}): Promise<T> {
  const response = await fetch(`http://${address}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data?: T; errors?: { message: string }[] };
  if (errors !== undefined || !data) throw new Error(errors?.map(({ message }) => message).join('; ') ?? 'no data');
  return data;
}

function say(step: string, ...details: unknown[]): void {
  console.log(step.padEnd(12), ...details);
}

async function create(): Promise<void> {
  const { createQrCode } = await ask<{
    createQrCode: {
      __typename: string;
      message?: string;
      qrCode: { id: string; qrString: string; qris: { merchantName: string; isChecksumValid: boolean } };
    };
  }>(
    `mutation ($input: CreateQrCodeInput!) {
      createQrCode(input: $input) {
        __typename
        ... on CreateQrCodePayload { qrCode { id qrString qris { merchantName isChecksumValid } } }
        ... on Failure { message }
      }
    }`,
    { input: { externalId, type: 'DYNAMIC', amount: '15000', idempotencyKey: externalId } },
  );
  if (createQrCode.__typename !== 'CreateQrCodePayload')
    throw new Error(`${createQrCode.__typename}: ${createQrCode.message}`);
  const { id, qrString, qris } = createQrCode.qrCode;
  say('created', id, `"${qris.merchantName}", checksum ${qris.isChecksumValid ? 'holds' : 'is wrong'}`);
  say('to scan', qrString);
}

async function draw(): Promise<void> {
  const { qrCode } = await ask<{ qrCode: { image: string } }>(
    `query ($id: ID!) { qrCode(externalId: $id) { image(format: PNG, size: 320) } }`,
    { id: externalId },
  );
  say('drawn', `${qrCode.image.slice(0, 34)}… (${qrCode.image.length} characters, ready for an <img>)`);
}

async function pay(): Promise<void> {
  const { simulateQrPayment } = await ask<{ simulateQrPayment: { __typename: string; message?: string } }>(
    `mutation ($id: ID!) { simulateQrPayment(input: { externalId: $id }) { __typename ... on Failure { message } } }`,
    { id: externalId },
  );
  if (simulateQrPayment.__typename !== 'SimulateQrPaymentPayload') throw new Error(simulateQrPayment.message);
  say('paid', 'with play money');
}

/** Watches until the stream completes; pays as soon as the present has been told. */
async function watch(): Promise<void> {
  const socket = createClient({ url: `ws://${address}`, webSocketImpl: WebSocket });
  const changes = socket.iterate<Told & Record<string, unknown>>({
    query: `subscription ($id: ID!) {
      qrCodeChanged(externalId: $id) { kind version origin qrCode { status } payment { id amount { amount currency } } }
    }`,
    variables: { id: externalId },
  });
  for await (const { data, errors } of changes) {
    if (!data) throw new Error(errors?.[0]?.message);
    const { kind, version, origin, qrCode, payment } = data.qrCodeChanged;
    const money = payment === null ? '' : `${payment.id} ${payment.amount.amount} ${payment.amount.currency}`;
    say('told', `version ${version} ${kind} by ${origin}: ${qrCode.status} ${money}`.trimEnd());
    if (kind === 'SNAPSHOT') await pay();
  }
  say('complete', 'a DYNAMIC code that is paid has nothing more to tell');
  await socket.dispose();
}

interface Delivery {
  id: string;
  event: string;
  outcome: string;
  receivedAt: string;
}

/** The webhook may still be on its way when the stream is done. */
async function findWebhook(): Promise<Delivery> {
  const { qrPayments } = await ask<{ qrPayments: { edges: { node: { id: string } }[] } }>(
    `query ($id: ID!) { qrPayments(externalId: $id) { edges { node { id } } } }`,
    { id: externalId },
  );
  const id = qrPayments.edges[0]?.node.id;
  const look = () =>
    ask<{ webhookEvents: { edges: { node: Delivery }[] } }>(
      `query ($id: ID!) { webhookEvents(filter: { resourceId: $id }) { edges { node { id event outcome receivedAt } } } }`,
      { id },
    ).then(({ webhookEvents }) => webhookEvents.edges[0]?.node);
  const stopAt = Date.now() + 10_000;
  for (let found = await look(); ; found = await look()) {
    if (found !== undefined) return found;
    if (Date.now() > stopAt) throw new Error('No webhook came: is PUBLIC_URL an address that Xendit reaches?');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

try {
  say('gateway', `http://${address}`);
  await create();
  await draw();
  await watch();
  const { id, event, outcome, receivedAt } = await findWebhook();
  say('stored', `${event} ${id} received ${receivedAt}: ${outcome}`);
  say('done', externalId);
} catch (error) {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  console.error(
    `The demo failed: ${error instanceof Error ? error.message : String(error)}${cause}. Does a gateway run at ${address}?`,
  );
  process.exitCode = 1;
}
