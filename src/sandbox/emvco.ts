import { crc16 } from '../model/qris.ts';

/** What a QRIS code says beyond the sandbox's own merchant. */
export interface QrisContent {
  /** Paid many times, with the amount typed by the payer. */
  isStatic: boolean;
  /** Decimal text in rupiah; left out of a static code. */
  amount: string | undefined;
  /** ASCII, at most 25 characters; what makes this code differ from every other. */
  reference: string;
}

/**
 * Writes a QRIS code by EMVCo's merchant-presented standard, with a right checksum.
 *
 * Source: EMVCo, "QR Code Specification for Payment Systems: Merchant-Presented Mode"; tags as on Xendit's live codes.
 */
export function writeQris({ isStatic, amount, reference }: QrisContent): string {
  const body =
    field('00', '01') +
    field('01', isStatic ? '11' : '12') +
    field(
      '26',
      field('00', 'CO.XENDIT.WWW') +
        field('01', '936008140000000000') +
        field('02', '00000000000000') +
        field('03', 'UMI'),
    ) +
    field('51', field('00', 'ID.CO.QRIS.WWW') + field('02', 'ID0000000000000') + field('03', 'UMI')) +
    field('52', '5999') +
    field('53', '360') +
    (amount === undefined ? '' : field('54', amount)) +
    field('58', 'ID') +
    field('59', 'Xendit Sandbox') +
    field('60', 'Jakarta') +
    field('61', '12160') +
    field('62', field('05', reference));
  return `${body}6304${crc16(`${body}6304`)}`;
}

function field(tag: string, value: string): string {
  return `${tag}${String(value.length).padStart(2, '0')}${value}`;
}
