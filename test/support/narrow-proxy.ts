import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Scope } from './database.ts';

/**
 * A proxy between a browser and a gateway, as some companies have one: WebSockets are refused, and whatever else is told.
 *
 * @returns its address, by which the gateway's pages are reached.
 */
export async function openNarrowProxy(
  t: Scope,
  to: string,
  isRefused: (request: IncomingMessage) => boolean = () => false,
): Promise<string> {
  const { port } = new URL(to);
  const server = createServer((asked, answer) => {
    if (isRefused(asked)) return void answer.writeHead(502).end();
    const { method, url, headers } = asked;
    const passed = request({ host: '127.0.0.1', port, method, path: url, headers, agent: false }, (told) => {
      answer.writeHead(told.statusCode ?? 502, told.headers);
      told.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    answer.on('close', () => passed.destroy());
    asked.pipe(passed);
  });
  server.on('upgrade', (_asked, socket) => socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
