import { toDecimal } from './money.ts';

/** One element of a payment code: a two-digit tag and what it holds. */
export interface QrisField {
  tag: string;
  value: string;
}

/** Where the money goes, as one payment network knows it: an element 26 to 51. */
export interface QrisMerchantAccount {
  tag: string;
  /** The network, such as `ID.CO.QRIS.WWW` or `CO.XENDIT.WWW`. */
  guid: string | undefined;
  fields: QrisField[];
}

/** What the text inside a QRIS code (or any code by EMVCo's merchant-presented standard) says. */
export interface Qris {
  /** STATIC codes are paid many times; undefined where the code doesn't say. */
  pointOfInitiation: 'STATIC' | 'DYNAMIC' | undefined;
  merchantName: string | undefined;
  merchantCity: string | undefined;
  postalCode: string | undefined;
  /** ISO 3166, such as `ID`. */
  countryCode: string | undefined;
  merchantCategoryCode: string | undefined;
  /** ISO 4217 by number, such as `360`. */
  currencyNumeric: string | undefined;
  /** ISO 4217 by letters, such as `IDR`, for the currencies of Xendit's countries. */
  currency: string | undefined;
  /** Decimal text in major units; a code without it lets the payer type the amount. */
  amount: string | undefined;
  merchantAccounts: QrisMerchantAccount[];
  /** The National Merchant ID, which Indonesia gives to every merchant. */
  nmid: string | undefined;
  /** The elements inside element 62: 01 bill number, 03 store, 05 reference, 07 terminal and others. */
  additionalData: QrisField[];
  /** Every element that could be read, in the order of the code. */
  fields: QrisField[];
  /** Whether the code is whole and ends in its own checksum. False for the masked samples of Xendit's manual. */
  isChecksumValid: boolean;
}

const currencies = new Map([
  ['360', 'IDR'],
  ['458', 'MYR'],
  ['608', 'PHP'],
  ['702', 'SGD'],
  ['704', 'VND'],
  ['764', 'THB'],
]);
const pointsOfInitiation = new Map([
  ['11', 'STATIC'],
  ['12', 'DYNAMIC'],
] as const);

/** CRC-16/CCITT-FALSE over the UTF-8 bytes of a text: four upper-case hexadecimal digits. */
export function crc16(text: string): string {
  let crc = 0xffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}

/**
 * Reads the text inside a payment code. Damaged codes are read as far as they go.
 *
 * @returns undefined when the text doesn't begin as such a code does.
 * Source: EMVCo, "QR Code Specification for Payment Systems: Merchant-Presented Mode".
 */
export function readQris(text: string): Qris | undefined {
  const { fields, isWhole } = readFields(text);
  if (fields[0]?.tag !== '00') return undefined;
  const held = (tag: string) => fieldValue(fields, tag);
  const currencyNumeric = held('53');
  const amount = held('54');
  const merchantAccounts = fields.filter(({ tag }) => tag >= '26' && tag <= '51').map(toMerchantAccount);
  const national = merchantAccounts.find(({ guid }) => guid === 'ID.CO.QRIS.WWW');
  return {
    pointOfInitiation: pointsOfInitiation.get(held('01') as '11' | '12'),
    merchantName: held('59'),
    merchantCity: held('60'),
    postalCode: held('61'),
    countryCode: held('58'),
    merchantCategoryCode: held('52'),
    currencyNumeric,
    currency: currencies.get(currencyNumeric ?? ''),
    amount: amount !== undefined && /^\d+\.?\d*$/.test(amount) ? toDecimal(amount.replace(/\.$/, '')) : undefined,
    merchantAccounts,
    nmid: national && fieldValue(national.fields, '02'),
    additionalData: readFields(held('62') ?? '').fields,
    fields,
    isChecksumValid: isWhole && endsInItsChecksum(text),
  };
}

function toMerchantAccount({ tag, value }: QrisField): QrisMerchantAccount {
  const { fields } = readFields(value);
  return { tag, guid: fieldValue(fields, '00'), fields };
}

function fieldValue(fields: QrisField[], wanted: string): string | undefined {
  return fields.find(({ tag }) => tag === wanted)?.value;
}

function endsInItsChecksum(text: string): boolean {
  return text.slice(-8, -4) === '6304' && crc16(text.slice(0, -4)) === text.slice(-4).toUpperCase();
}

interface Reading {
  fields: QrisField[];
  /** Nothing of the text was left over. */
  isWhole: boolean;
}

/**
 * The standard counts characters; issuers that count bytes exist, and differ from it only outside ASCII. So the first way of
 * counting that reads everything is right.
 */
function readFields(text: string): Reading {
  const byCharacter = readElements([...text], (part) => part.join(''));
  if (byCharacter.isWhole || /^\p{ASCII}*$/u.test(text)) return byCharacter;
  const byByte = readElements(new TextEncoder().encode(text), (part) => new TextDecoder().decode(part));
  return byByte.isWhole ? byByte : byCharacter;
}

interface Sliceable<T> {
  readonly length: number;
  slice(start: number, end: number): T;
}

function readElements<T extends Sliceable<T>>(units: T, toText: (part: T) => string): Reading {
  const fields: QrisField[] = [];
  let at = 0;
  while (at < units.length) {
    const head = toText(units.slice(at, at + 4));
    if (!/^\d{4}$/.test(head)) break;
    const end = at + 4 + Number(head.slice(2));
    if (end > units.length) break;
    fields.push({ tag: head.slice(0, 2), value: toText(units.slice(at + 4, end)) });
    at = end;
  }
  return { fields, isWhole: at === units.length };
}
