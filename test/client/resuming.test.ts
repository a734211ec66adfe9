import assert from 'node:assert/strict';
import { createClient } from 'graphql-ws';
import { resuming } from '../../src/client/index.ts';
import { onSharedGateway } from '../support/gateway.ts';
import { openLine } from '../support/line.ts';
import { createCode, payCode } from '../support/qr-codes.ts';

const test = onSharedGateway();

const query = `subscription ($externalId: ID!, $after: Cursor) {
  qrCodeChanged(externalId: $externalId, after: $after) { cursor version kind }
}`;

interface Change {
  qrCodeChanged: { version: number; kind: string };
}

for (const way of ['iterate', 'subscribe'] as const) {
  test(`a client that connects again goes on after the last cursor (${way})`, async (t, gateway) => {
    const line = await openLine(t, { host: '127.0.0.1', port: Number(new URL(gateway.url).port) });
    const client = createClient({
      url: `ws://127.0.0.1:${line.port}/graphql`,
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      retryWait: () => new Promise((resolve) => setTimeout(resolve, 10)),
    });
    t.after(() => client.dispose());
    await createCode(gateway, way, 'STATIC');
    const told: [number, string][] = [];
    const next = reader(resuming(client), way, (change) => told.push(change));

    await next();
    await payCode(gateway, way, '1500');
    await next();
    line.cut();
    await payCode(gateway, way, '2000');
    await payCode(gateway, way, '3000');
    line.restore();
    await next();
    await next();

    const versions = told.map(([version]) => version);
    assert.deepEqual(
      told.map(([, kind]) => kind),
      ['SNAPSHOT', 'PAYMENT', 'PAYMENT', 'PAYMENT'],
    );
    assert.deepEqual(
      versions,
      versions.map((_, index) => (versions[0] ?? 0) + index),
    );
  });
}

test('what a subscription is refused for is thrown', async (t, gateway) => {
  const client = createClient({ url: `${gateway.url.replace('http', 'ws')}/graphql` });
  t.after(() => client.dispose());
  const changes = resuming(client).iterate({ query: 'subscription { nothing }' });
  await assert.rejects(changes.next(), /Cannot query field "nothing"/);
});

/** The next change, whichever way it is asked for. */
function reader(
  client: ReturnType<typeof resuming>,
  way: 'iterate' | 'subscribe',
  tell: (change: [number, string]) => void,
): () => Promise<void> {
  const variables = { externalId: way };
  const toChange = ({ data }: { data?: Change | null }): [number, string] => [
    data?.qrCodeChanged.version ?? 0,
    data?.qrCodeChanged.kind ?? '',
  ];
  if (way === 'iterate') {
    const changes = client.iterate<Change>({ query, variables });
    return async () => {
      const { value } = await changes.next();
      tell(toChange(value));
    };
  }
  const arrived: [number, string][] = [];
  let wake = () => {};
  client.subscribe<Change>(
    { query, variables },
    {
      next(result) {
        arrived.push(toChange(result as { data?: Change }));
        wake();
      },
      error: (error) => assert.fail(String(error)),
      complete: () => {},
    },
  );
  return async () => {
    while (arrived.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    tell(arrived.shift() ?? [0, '']);
  };
}
