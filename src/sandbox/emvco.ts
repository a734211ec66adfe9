import { crc16 } from '../model/qris.ts';

/** What a code says beyond its scheme and the sandbox's own merchant. */
export interface QrContent {
  /** Paid many times. */
  isStatic: boolean;
  /** Decimal text in the scheme's currency; left out where the payer types it. */
  amount: string | undefined;
  /** ASCII, at most 25 characters; what makes this code differ from every other. */
  reference: string;
}

interface Scheme {
  /** ISO 3166, two letters. */
  country: string;
  city: string;
  /** ISO 4217, the number. */
  currency: string;
  /** Merchant accounts: a tag and its inner fields. */
  accounts: [tag: string, fields: [tag: string, value: string][]][];
}

/** Source: tags of QRIS as on Xendit's live codes; of the others by their schemes' identifiers. */
const schemes = {
  QRIS: {
    country: 'ID',
    city: 'Jakarta',
    currency: '360',
    accounts: [
      [
        '26',
        [
          ['00', 'CO.XENDIT.WWW'],
          ['01', '936008140000000000'],
          ['02', '00000000000000'],
          ['03', 'UMI'],
        ],
      ],
      [
        '51',
        [
          ['00', 'ID.CO.QRIS.WWW'],
          ['02', 'ID0000000000000'],
          ['03', 'UMI'],
        ],
      ],
    ],
  },
  QRPH: { country: 'PH', city: 'Manila', currency: '608', accounts: [['28', [['00', 'com.p2pqrpay']]]] },
  PROMPTPAY: { country: 'TH', city: 'Bangkok', currency: '764', accounts: [['30', [['00', 'A000000677010112']]]] },
  SGQR: { country: 'SG', city: 'Singapore', currency: '702', accounts: [['26', [['00', 'SG.PAYNOW']]]] },
} satisfies Record<string, Scheme>;

/**
 * Writes a QRIS code by EMVCo's merchant-presented standard, with a right checksum.
 *
 * Source: EMVCo, "QR Code Specification for Payment Systems: Merchant-Presented Mode".
 */
export function writeQris(content: QrContent): string {
  return writeCode(schemes.QRIS, content);
}

/** The same for a QR channel of any country; one whose scheme isn't known is written as QRIS is. */
export function writeQrOf(channelCode: string, content: QrContent): string {
  const known: Record<string, Scheme> = schemes;
  return writeCode(known[channelCode] ?? schemes.QRIS, content);
}

function writeCode({ country, city, currency, accounts }: Scheme, { isStatic, amount, reference }: QrContent): string {
  const body =
    field('00', '01') +
    field('01', isStatic ? '11' : '12') +
    accounts.map(([tag, fields]) => field(tag, fields.map(([inner, value]) => field(inner, value)).join(''))).join('') +
    field('52', '5999') +
    field('53', currency) +
    (amount === undefined ? '' : field('54', amount)) +
    field('58', country) +
    field('59', 'Xendit Sandbox') +
    field('60', city) +
    field('61', '12160') +
    field('62', field('05', reference));
  return `${body}6304${crc16(`${body}6304`)}`;
}

function field(tag: string, value: string): string {
  return `${tag}${String(value.length).padStart(2, '0')}${value}`;
}
