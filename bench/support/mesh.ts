/**
 * GraphQL Mesh as it is run today: an OpenAPI description of the upstream at UPSTREAM_URL, composed by Mesh Compose and served by
 * the runtime of Hive Gateway.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { defineConfig, getComposedSchemaFromConfig } from '@graphql-mesh/compose-cli';
import { useJIT } from '@graphql-mesh/plugin-jit';
import { DefaultLogger } from '@graphql-mesh/utils';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';

const config = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph('xendit', {
        source: join(import.meta.dirname, 'qr-codes.openapi.json'),
        endpoint: process.env.UPSTREAM_URL ?? '',
        operationHeaders: { authorization: 'Basic eG5kOg==' },
      }),
    },
  ],
  // It would take `external_id` for the `id` of a QR code.
  ignoreSemanticConventions: true,
});

const runtime = createGatewayRuntime({
  supergraph: await getComposedSchemaFromConfig(config, new DefaultLogger()),
  transports: { rest: import('@graphql-mesh/transport-rest') },
  plugins: () => [useJIT()],
  logging: 'warn',
});
// Its schema is made before anybody asks.
await runtime.getSchema();
const server = createServer({ keepAliveTimeout: 60_000 }, runtime);
server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.on('SIGTERM', () => process.exit(0));
