import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { callXendit, startXendit } from '../support/xendit.ts';

interface Read {
  code: string | undefined;
  retryAfterMs: number;
}

/** Asks for a code that nobody knows, which is a call of its own; null is an answer. */
async function read(gateway: TestGateway, externalId: string): Promise<Read> {
  const { errors } = await gateway.ask('query ($externalId: ID!) { qrCode(externalId: $externalId) { id } }', {
    externalId,
  });
  const extensions = errors?.[0]?.extensions;
  return { code: extensions?.code, retryAfterMs: Number(extensions?.retryAfterMs) };
}

for (const perMinute of [60, 600]) {
  test(`of a hundred reads more than the ${perMinute} of a minute, Xendit gets ${perMinute} and refuses none`, async (t) => {
    const { xendit, environment } = await startXendit(t, { requestsPerMinute: perMinute });
    const gateway = await startGateway(t, { ...environment, XENDIT_REQUESTS_PER_MINUTE: String(perMinute) });
    const answers: Read[] = [];
    const left = Array.from({ length: perMinute + 100 }, (_, index) => `code-${index}`);
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        for (let name = left.pop(); name !== undefined; name = left.pop()) answers.push(await read(gateway, name));
      }),
    );
    assert.deepEqual([...new Set(xendit.record.requests.map(({ status }) => status))], [404]);
    assert.equal(xendit.record.requests.length, perMinute);
    const throttled = answers.filter(({ code }) => code !== undefined);
    assert.equal(throttled.length, 100);
    for (const { code, retryAfterMs } of throttled) {
      assert.equal(code, 'THROTTLED');
      assert.ok(retryAfterMs > 0 && retryAfterMs <= 60_300, `${retryAfterMs} ms`);
    }
  });
}

test('when others have used up the minute Xendit refuses once, and is not asked again before its time', async (t) => {
  const { xendit, environment } = await startXendit(t, { requestsPerMinute: 60 });
  const gateway = await startGateway(t, environment);
  for (let call = 0; call < 60; call += 1) await callXendit(xendit, 'GET', '/qr_codes/others');
  for (let call = 0; call < 50; call += 1) {
    const { code, retryAfterMs } = await read(gateway, `code-${call}`);
    assert.equal(code, 'THROTTLED');
    assert.ok(retryAfterMs > 0 && retryAfterMs <= 60_000, `${retryAfterMs} ms`);
  }
  assert.equal(xendit.record.requests.filter(({ status }) => status === 429).length, 1);
});
