import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';
import { onSharedGateway } from '../support/gateway.ts';
import { createCode } from '../support/qr-codes.ts';
import { sample } from '../support/samples.ts';

const testTogether = onSharedGateway();

testTogether('a code is drawn as SVG and as PNG of the size asked for', async (_t, gateway) => {
  await createCode(gateway, 'order-1');
  const draw = async (how: string) => {
    const { data, errors } = await gateway.ask<{ qrCode: { image: string } }>(
      `{ qrCode(externalId: "order-1") { image${how} } }`,
    );
    return { image: data?.qrCode?.image ?? '', error: errors?.[0]?.extensions };
  };
  const decode = (dataUrl: string, type: string) => {
    assert.ok(dataUrl.startsWith(`data:${type};base64,`), dataUrl.slice(0, 40));
    return Buffer.from(dataUrl.slice(dataUrl.indexOf(',') + 1), 'base64');
  };

  for (const how of ['', '(format: SVG, size: 300)']) {
    const svg = decode((await draw(how)).image, 'image/svg+xml').toString();
    assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"[^>]*>.*<path .*<\/svg>\s*$/s);
  }
  const png = decode((await draw('(format: PNG, size: 300)')).image, 'image/png');
  assert.deepEqual([...png.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [300, 300]);
  const pixels = inflateSync(dataOf(png));
  assert.equal(pixels.length % 300, 0, 'every line is whole');
  assert.ok(pixels.length >= (300 * 301) / 8);

  for (const size of [63, 1025, 0, -1]) {
    const { error } = await draw(`(size: ${size})`);
    assert.deepEqual(
      [error?.code, error?.fields],
      ['INVALID_INPUT', [{ path: ['size'], message: 'must be within 64 and 1024' }]],
    );
  }
});

/** The compressed pixels of a PNG: its IDAT chunks. */
function dataOf(png: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return Buffer.concat(parts);
}

testTogether('what a code says is read from its text, checksum included', async (_t, gateway) => {
  await createCode(gateway, 'order-1');
  await createCode(gateway, 'counter', 'STATIC');
  const qris = `qrString qris { isChecksumValid pointOfInitiation merchantName merchantCity countryCode currency amount fields { tag value } }`;
  const { data } = await gateway.ask<Record<'dynamic' | 'still', { qrString: string; qris: Record<string, unknown> }>>(
    `{ dynamic: qrCode(externalId: "order-1") { ${qris} } still: qrCode(externalId: "counter") { ${qris} } }`,
  );
  const { dynamic, still } = data ?? assert.fail();
  assert.partialDeepStrictEqual(dynamic.qris, {
    isChecksumValid: true,
    pointOfInitiation: 'DYNAMIC',
    countryCode: 'ID',
    currency: 'IDR',
    amount: '15000',
  });
  assert.partialDeepStrictEqual(still.qris, { isChecksumValid: true, pointOfInitiation: 'STATIC', amount: null });
  const fields = dynamic.qris.fields as { tag: string; value: string }[];
  const written = fields.map(({ tag, value }) => tag + String(value.length).padStart(2, '0') + value).join('');
  assert.equal(written, dynamic.qrString);

  await gateway.deliver(sample('qr.payment.v1'));
  const masked = await gateway.ask<{ node: { qris: { isChecksumValid: boolean } | null } }>(
    `{ node(id: "qr_8182837te-87st-49ing-8696-1239bd4d759c") { ... on QrCode { qris { isChecksumValid } } } }`,
  );
  assert.equal(masked.data?.node.qris?.isChecksumValid ?? false, false);
});
