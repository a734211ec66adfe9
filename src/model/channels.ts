import { compareDecimals, toDecimal } from './money.ts';

/** What Xendit says of one payment channel in one currency; undefined where it says nothing. */
export interface Channel {
  /** Such as QRIS. */
  code: string;
  /** ISO 4217. */
  currency: string;
  /** In major units, as decimal text, inclusive. */
  minAmount: string | undefined;
  /** In major units, as decimal text, inclusive. */
  maxAmount: string | undefined;
  /** Whether it can be a REUSABLE_PAYMENT_CODE. */
  isReusable: boolean | undefined;
  /** Whether `expires_at` may be chosen. */
  canSetExpiry: boolean | undefined;
}

/**
 * Code, currency, least and greatest amount; then whether it is reusable, and whether its expiry may be set. A dash or a
 * question mark stands where the manual is silent.
 *
 * The greatest amount of cards is agreed with each merchant. That of QRIS is 10,000,000 in one place of the manual and
 * 20,000,000 in another; a wrong refusal here would be worse than one by Xendit.
 *
 * Source: Xendit docs, the pages of the channels, as of April 2026.
 */
const table = `
7ELEVEN                            PHP    50       50000 n y
7ELEVEN_CLIQQ                      PHP    50       50000 y y
AKULAKU                            IDR  1000    25000000 n n
ALFAMART                           IDR 10000     5000000 y y
AMBANK_VIRTUAL_ACCOUNT             MYR     1    10000000 y y
APPOTA                             VND  1000   500000000 n n
ASTRAPAY                           IDR   100    20000000 n n
BANK_TRANSFER                      PHP     1   200000000 y n
BBL_DIRECT_DEBIT                   THB    20      700000 ? n
BBL_MOBILE_BANKING                 THB    20      700000 n n
BCA_VIRTUAL_ACCOUNT                IDR 10000    50000000 y y
BILLEASE                           PHP    50      150000 n n
BJB_VIRTUAL_ACCOUNT                IDR     1  2000000000 y y
BNC_VIRTUAL_ACCOUNT                IDR 10000 50000000000 y y
BNI_VIRTUAL_ACCOUNT                IDR     1 50000000000 y y
BPI_DIRECT_DEBIT                   PHP  0.01      500000 n n
BPI_RECURRING                      PHP     1      100000 n n
BRI_DIRECT_DEBIT                   IDR     1      999999 n n
BRI_VIRTUAL_ACCOUNT                IDR     1 50000000000 y y
BSI_VIRTUAL_ACCOUNT                IDR     1 50000000000 y y
BSS_VIRTUAL_ACCOUNT                IDR     1 50000000000 y y
CARDS                              IDR  5000           - n n
CARDS                              MYR     1           - n n
CARDS                              SGD     1           - n ?
CARDS                              THB     1           - n n
CARDS                              USD     1           - n ?
CARDS                              VND  1000           - n n
CEBUANA                            PHP     1       30000 y y
CVM                                PHP    50       30000 y y
DANA                               IDR   100    20000000 n n
ECPAY                              PHP     1       50000 y y
ECPAY_DRAGONLOAN                   PHP    50       20000 y y
ECPAY_SCHOOL                       PHP    50       50000 y y
GCASH                              PHP     1      100000 n n
GOPAY_RECURRING                    IDR     1    50000000 n n
GRABPAY                            MYR     1        1500 n n
GRABPAY                            PHP     1      100000 n n
INDODANA                           IDR 10000    25000000 ? ?
INDOMARET                          IDR 10000     5000000 y y
JENIUSPAY                          IDR  1000    20000000 ? ?
KBANK_MOBILE_BANKING               THB    20      700000 n n
KREDIVO                            IDR  1000    30000000 n n
KRUNGSRI_DIRECT_DEBIT              THB    20      700000 n n
KRUNGSRI_MOBILE_BANKING            THB    20      700000 n n
KTB_DIRECT_DEBIT                   THB    20      700000 ? n
KTB_MOBILE_BANKING                 THB    20      700000 n n
LBC                                PHP    50      200000 y y
LINEPAY                            THB     1       50000 ? ?
LINKAJA                            IDR   100    10000000 n n
MANDIRI_VIRTUAL_ACCOUNT            IDR     1 50000000000 y y
MUAMALAT_VIRTUAL_ACCOUNT           IDR 10000 50000000000 y y
OVO                                IDR   100    20000000 n n
PALAWAN                            PHP    50       20000 y y
PAYMAYA                            PHP     1      100000 ? ?
PERMATA_VIRTUAL_ACCOUNT            IDR     1  9999999999 y y
PROMPTPAY                          THB     1      700000 y n
QRIS                               IDR     1    20000000 y n
QRPH                               PHP     1       50000 n n
RCBC_DIRECT_DEBIT                  PHP  0.01           - n n
ROBINSONS_BILLS_PAYMENT            PHP    50      200000 y y
SCB_DIRECT_DEBIT                   THB    20      700000 ? n
SCB_MOBILE_BANKING                 THB    20      700000 n n
SGQR                               SGD  0.01      200000 n y
SHOPEEPAY                          IDR     1    20000000 n n
SHOPEEPAY                          MYR     1       30000 n n
SHOPEEPAY                          PHP     1      100000 n n
SHOPEEPAY                          THB     1      200000 ? ?
SHOPEEPAY                          VND  1000   500000000 n n
SM_BILLS_PAYMENT                   PHP    50      200000 y y
SPEI_VIRTUAL_ACCOUNT               MXN  0.01    50000000 y n
STANDARD_CHARTERED_VIRTUAL_ACCOUNT THB    20      700000 y y
TOUCHNGO                           MYR     1       25000 n n
TRUEMONEY                          THB     1       50000 ? ?
UBP_DIRECT_DEBIT                   PHP  0.01           - n n
UBP_EADA                           PHP     1      100000 n n
USSC                               PHP    50       20000 y y
VIETTELPAY                         VND     1    50000000 ? ?
VNPTWALLET                         VND  1000   500000000 n n
WECHATPAY                          MYR   0.1       25000 n n
ZALOPAY                            VND     1    50000000 ? ?
`;

/** Every channel that the manual has figures for. */
export const channels: readonly Channel[] = table.trim().split('\n').map(toChannel);

const byName = new Map(channels.map((channel) => [nameOf(channel.code, channel.currency), channel]));

/** What is known of a channel in a currency. */
export function findChannel(code: string, currency: string): Channel | undefined {
  return byName.get(nameOf(code, currency));
}

/**
 * Whether a channel takes such an amount.
 *
 * @param amount in major units, as decimal text.
 * @returns what is wrong with it, as a sentence's end: `must be at least 50`; undefined when nothing is, or when nothing is
 * known of the channel in this currency: then Xendit decides.
 */
export function checkAmount(code: string, currency: string, amount: string): string | undefined {
  const plain = toDecimal(amount);
  if (plain === undefined) return 'must be a decimal number, such as 15000';
  const { minAmount, maxAmount } = findChannel(code, currency) ?? {};
  if (minAmount !== undefined && compareDecimals(plain, minAmount) < 0) {
    return `must be at least ${minAmount} ${currency} for ${code}`;
  }
  if (maxAmount !== undefined && compareDecimals(plain, maxAmount) > 0) {
    return `must be at most ${maxAmount} ${currency} for ${code}`;
  }
  return undefined;
}

function toChannel(row: string): Channel {
  const [code = '', currency = '', min, max, reusable, expiry] = row.split(/ +/);
  return {
    code,
    currency,
    minAmount: known(min),
    maxAmount: known(max),
    isReusable: toAnswer(reusable),
    canSetExpiry: toAnswer(expiry),
  };
}

function known(cell: string | undefined): string | undefined {
  return cell === '-' ? undefined : cell;
}

function toAnswer(cell: string | undefined): boolean | undefined {
  return cell === '?' ? undefined : cell === 'y';
}

function nameOf(code: string, currency: string): string {
  return `${code} ${currency}`;
}
