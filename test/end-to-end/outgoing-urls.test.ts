import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { signToken } from '../support/callers.ts';
import { startGateway } from '../support/gateway.ts';
import { linesWith, transports } from '../support/lines.ts';
import { type Asking, mutate, wrongFields } from '../support/mutations.ts';
import { newName } from '../support/payments.ts';
import { sandboxOf } from '../support/qr-codes.ts';
import { startXendit } from '../support/xendit.ts';

interface Listener {
  url: string;
  /** How often anybody connected. */
  connections(): number;
  /** What was asked of it, as `POST /hook`. */
  heard: string[];
}

/** A server that hears whoever comes. */
async function listen(t: TestContext): Promise<Listener> {
  const heard: string[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.end();
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => connections, heard };
}

/** Everything in which a caller names an address, each with that one. */
function withUrl(url: string): [mutation: string, input: object][] {
  const common = { country: 'ID', currency: 'IDR' };
  const item = {
    referenceId: 'i',
    type: 'FEE',
    name: 'a',
    netUnitAmount: '1',
    quantity: 1,
    category: 'a',
    currency: 'IDR',
  };
  const urls = { successReturnUrl: url, failureReturnUrl: url, cancelReturnUrl: url };
  const ewallet = { ewallet: { code: 'DANA', ...urls } };
  const other = {
    other: { code: 'BRI_DIRECT_DEBIT', properties: { success_return_url: url, deep: [{ returnUrl: url }] } },
  };
  const items = [{ ...item, url, imageUrl: url }];
  const session = { ...common, sessionType: 'PAY', amount: '20000', items };
  const cards = { CARDS: { success_return_url: url } };
  return [
    ['createQrCode', { externalId: newName('code'), type: 'DYNAMIC', amount: '15000', callbackUrl: url }],
    ['createPaymentRequest', { ...common, items, kind: { pay: { amount: '15000', channel: ewallet } } }],
    ['createPaymentRequest', { ...common, kind: { pay: { amount: '15000', channel: other } } }],
    ['createPaymentToken', { ...common, channel: ewallet }],
    [
      'createPaymentSession',
      { ...session, mode: 'PAYMENT_LINK', successReturnUrl: url, cancelReturnUrl: url, channelProperties: cards },
    ],
    ['createPaymentSession', { ...session, mode: 'COMPONENTS', componentsReturnUrl: url, componentsOrigins: [url] }],
  ];
}

function create(gateway: Asking, name: string, input: object) {
  const referenceId = newName('order').slice(0, 64);
  const named = name === 'createQrCode' ? {} : { referenceId };
  return mutate(gateway, name, '__typename', { ...named, idempotencyKey: referenceId, ...input });
}

const wrong = [
  ['callbackUrl'],
  [
    ...['items.0.imageUrl', 'items.0.url', 'kind.pay.channel.ewallet.cancelReturnUrl'],
    ...['kind.pay.channel.ewallet.failureReturnUrl', 'kind.pay.channel.ewallet.successReturnUrl'],
  ],
  ['kind.pay.channel.other.properties.deep.0.returnUrl', 'kind.pay.channel.other.properties.success_return_url'],
  ['channel.ewallet.cancelReturnUrl', 'channel.ewallet.failureReturnUrl', 'channel.ewallet.successReturnUrl'],
  [
    ...['cancelReturnUrl', 'channelProperties.CARDS.success_return_url'],
    ...['items.0.imageUrl', 'items.0.url', 'successReturnUrl'],
  ],
  ['componentsOrigins.0', 'componentsReturnUrl', 'items.0.imageUrl', 'items.0.url'],
];

test('with a key every address is for the internet alone, and each that is not is named before anything is sent', async (t) => {
  const { xendit, environment } = await startXendit(t);
  const listener = await listen(t);
  const gateway = await startGateway(t, environment);
  const addresses = [
    listener.url,
    listener.url.replace('http:', 'https:'),
    'https://169.254.169.254/',
    'https://u:p@a.id/',
  ];
  const lines = linesWith(t, gateway.url, await signToken());
  for (const transport of transports) {
    for (const url of addresses) {
      const fields: string[][] = [];
      for (const [name, input] of withUrl(url)) fields.push(wrongFields(await create(lines[transport], name, input)));
      assert.deepEqual(
        fields,
        wrong.map((paths) => paths.map((path) => `input.${path}`)),
        `${url}, ${transport}`,
      );
    }
  }
  assert.deepEqual(xendit.record.requests, []);
  for (const transport of transports) {
    for (const [name, input] of withUrl('https://merchant.co.id/'))
      assert.notEqual(
        (await create(lines[transport], name, input)).__typename,
        'InvalidInput',
        `${name}, ${transport}`,
      );
  }
  assert.equal(listener.connections(), 0);
});

test('in the sandbox an address of this machine is taken, and the gateway asks nothing of it', async (t) => {
  const listener = await listen(t);
  const gateway = await startGateway(t);
  const made: string[] = [];
  for (const [name, input] of withUrl(`${listener.url}/hook`))
    made.push((await create(gateway, name, input)).__typename);
  assert.deepEqual(made.slice(0, 4), [
    'CreateQrCodePayload',
    'CreatePaymentRequestPayload',
    'CreatePaymentRequestPayload',
    'CreatePaymentTokenPayload',
  ]);
  await sandboxOf(gateway).idle();
  assert.equal(listener.connections(), 0);

  // It would have been heard: the stand-in for Xendit is, when the code is paid.
  const [, code] = withUrl(`${listener.url}/hook`)[0] ?? assert.fail();
  await create(gateway, 'createQrCode', { ...code, externalId: 'paid' });
  await mutate(gateway, 'simulateQrPayment', '__typename', { externalId: 'paid' });
  await sandboxOf(gateway).idle();
  assert.deepEqual(listener.heard, ['POST /hook']);
});
