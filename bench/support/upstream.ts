/** Plays just enough of Xendit, as fast as it can: any QR code of version 1 by its external id:  is paid many times,  is paid already. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const made = '2026-11-01T08:00:00.000Z';
const payments = JSON.stringify({ data: [], has_more: false });

function qrCode(externalId: string): string {
  return JSON.stringify({
    id: `qr_${externalId}`,
    external_id: externalId,
    amount: 15000,
    qr_string:
      '00020101021226660014ID.LINKAJA.WWW011893600911002157200102152101101572000120303UME51450015ID.OR.GPNQR.WWW0215ID10210157200010303UME5204839853033605802ID5906XENDIT6007JAKARTA61051234062380115bench6304ABCD',
    callback_url: 'https://merchant.example/webhooks',
    type: externalId.startsWith('static') ? 'STATIC' : 'DYNAMIC',
    status: externalId.startsWith('paid') ? 'INACTIVE' : 'ACTIVE',
    created: made,
    updated: made,
    metadata: { branch: 'Jakarta', table: 12, tags: ['lunch', 'window'] },
  });
}

const server = createServer((request, response) => {
  const name = request.url?.slice('/qr_codes/'.length) ?? '';
  const body = name.startsWith('payments') ? payments : qrCode(name);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.on('SIGTERM', () => process.exit(0));
