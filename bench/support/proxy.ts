/** The least that answers the same question: takes a GET, asks the upstream at UPSTREAM_URL by undici, and hands on its bytes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';

const upstream = new Pool(process.env.UPSTREAM_URL ?? '', { connections: 64, allowH2: false });
const authorization = 'Basic eG5kOg==';

const server = createServer(async (request, response) => {
  const { statusCode, body } = await upstream.request({
    path: request.url ?? '/',
    method: 'GET',
    headers: { authorization, accept: 'application/json' },
  });
  const bytes = Buffer.from(await body.arrayBuffer());
  response.writeHead(statusCode, { 'content-type': 'application/json', 'content-length': bytes.length });
  response.end(bytes);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.on('SIGTERM', () => process.exit(0));
