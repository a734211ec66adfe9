import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { startGateway } from '../support/gateway.ts';
import { readBlocks, runInShell } from './blocks.ts';

test('what the document says is composed is composed, from the files and from what is served', async (t) => {
  const languages = ['graphql', 'sh', 'graphql', 'yaml'];
  const [orders = '', files = '', question = ''] = await readBlocks('docs/federation.md', ...languages);
  const gateway = await startGateway(t);
  const served = await gateway.ask<{ _service: { sdl: string } }>(question);
  const { printed } = await runInShell(t, files.replace('> payments.graphql', '')).ended;
  for (const payments of [served.data?._service.sdl ?? '', printed]) {
    const { supergraphSdl, errors } = composeServices([
      { name: 'payments', url: gateway.url, typeDefs: parse(payments) },
      { name: 'orders', typeDefs: parse(orders) },
    ]);
    assert.deepEqual(errors, undefined);
    assert.match(supergraphSdl ?? '', /order: Order/);
  }
});
