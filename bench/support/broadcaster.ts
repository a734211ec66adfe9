/** The least that tells many: `ws` alone, sending all its clients the same text, or each a text of its own. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { onCommand } from './measuring.ts';

const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });

onCommand('broadcast', (text: string) => {
  for (const client of server.clients) client.send(text);
});
/** Each text has its client's number in it, as wide as `#####`. */
onCommand('each', (text: string) => {
  let index = 0;
  for (const client of server.clients) client.send(text.replace('#####', String(index++).padStart(5, '0')));
});
http.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${(http.address() as AddressInfo).port}`));
process.on('SIGTERM', () => process.exit(0));
