import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder } from '../support/database.ts';
import { readBlocks, runInShell } from './blocks.ts';

const metricsToken = 'only for tests: whoever collects the figures';

test('traces are turned on, and metrics read, as the document says', async (t) => {
  const [read = '', trace = ''] = await readBlocks('docs/operations.md', 'sh', 'sh');
  const places = {
    PORT: '0',
    SANDBOX_PORT: '0',
    DATA_DIR: await temporaryFolder(t),
    OTEL_TRACES_SAMPLER: 'always_off',
  };
  const running = runInShell(t, trace, { ...places, METRICS_TOKEN: metricsToken });
  const [, url = ''] = await running.until(/^ready +(\S+)\/graphql$/m);
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ __typename }"}',
  });
  assert.match(await answer.text(), /"traceId":"[0-9a-f]{32}"/);
  const code = read.replace('localhost:4000', new URL(url).host);
  const { printed } = await runInShell(t, code, { METRICS_TOKEN: metricsToken }).ended;
  assert.match(printed, /^# TYPE xendit_graphql_\w+ counter$/m);
});
