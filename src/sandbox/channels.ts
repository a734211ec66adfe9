/** How a channel is paid, which decides the action that a payer is shown. */
export type ChannelKind = 'QR_CODE' | 'VIRTUAL_ACCOUNT' | 'OVER_THE_COUNTER' | 'EWALLET' | 'DIRECT_DEBIT' | 'CARDS';

/** What the sandbox knows of one payment channel in one country. */
export interface Channel {
  code: string;
  country: string;
  currency: string;
  kind: ChannelKind;
  /** Decimal text in the channel's currency; both bounds can be paid. */
  minAmount: string;
  /** Undefined where none is printed. */
  maxAmount: string | undefined;
  /** Takes REUSABLE_PAYMENT_CODE. */
  isReusable: boolean;
  /** Takes PAY_AND_SAVE and payment tokens. */
  canSave: boolean;
  /** Takes `channel_properties.expires_at`. */
  takesExpiry: boolean;
  /** When an unpaid request ends by itself; undefined where nothing is printed. */
  expiresAfterMs: number | undefined;
  refund: 'NONE' | 'FULL' | 'PARTIAL';
}

type Traits = Pick<Channel, 'isReusable' | 'canSave' | 'takesExpiry' | 'expiresAfterMs' | 'refund'>;
type Row = [country: string, currency: string, code: string, min: string, max?: string, exceptions?: Partial<Traits>];

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const saving = { canSave: true };
const notReusable = { isReusable: false };

const traits: Record<ChannelKind, Traits> = {
  QR_CODE: { isReusable: false, canSave: false, takesExpiry: false, expiresAfterMs: undefined, refund: 'NONE' },
  VIRTUAL_ACCOUNT: { isReusable: true, canSave: false, takesExpiry: true, expiresAfterMs: undefined, refund: 'NONE' },
  OVER_THE_COUNTER: { isReusable: true, canSave: false, takesExpiry: true, expiresAfterMs: undefined, refund: 'NONE' },
  EWALLET: { isReusable: false, canSave: false, takesExpiry: false, expiresAfterMs: 20 * minuteMs, refund: 'PARTIAL' },
  DIRECT_DEBIT: { isReusable: false, canSave: true, takesExpiry: false, expiresAfterMs: undefined, refund: 'PARTIAL' },
  CARDS: { isReusable: false, canSave: true, takesExpiry: false, expiresAfterMs: 10 * minuteMs, refund: 'PARTIAL' },
};

/** Source: the channel pages of Xendit's docs. The Philippine card page isn't stored, so its limits are open. */
const rows: Record<ChannelKind, Row[]> = {
  QR_CODE: [
    ['ID', 'IDR', 'QRIS', '1', '10000000', { isReusable: true, expiresAfterMs: 48 * hourMs, refund: 'PARTIAL' }],
    ['PH', 'PHP', 'QRPH', '1', '50000'],
    ['TH', 'THB', 'PROMPTPAY', '1', '700000', { isReusable: true }],
    ['SG', 'SGD', 'SGQR', '0.01', '200000', { takesExpiry: true }],
  ],
  VIRTUAL_ACCOUNT: [
    ['ID', 'IDR', 'BCA_VIRTUAL_ACCOUNT', '10000', '50000000'],
    ['ID', 'IDR', 'BNI_VIRTUAL_ACCOUNT', '1', '50000000000'],
    ['ID', 'IDR', 'BRI_VIRTUAL_ACCOUNT', '1', '50000000000'],
    ['ID', 'IDR', 'BSI_VIRTUAL_ACCOUNT', '1', '50000000000'],
    ['ID', 'IDR', 'MANDIRI_VIRTUAL_ACCOUNT', '1', '50000000000'],
    ['ID', 'IDR', 'PERMATA_VIRTUAL_ACCOUNT', '1', '9999999999'],
    ['TH', 'THB', 'STANDARD_CHARTERED_VIRTUAL_ACCOUNT', '20', '700000'],
    ['MY', 'MYR', 'AMBANK_VIRTUAL_ACCOUNT', '1', '10000000'],
    ['MX', 'MXN', 'SPEI_VIRTUAL_ACCOUNT', '0.01', '50000000', { takesExpiry: false }],
  ],
  OVER_THE_COUNTER: [
    ['ID', 'IDR', 'ALFAMART', '10000', '5000000'],
    ['ID', 'IDR', 'INDOMARET', '10000', '5000000'],
    ['PH', 'PHP', '7ELEVEN', '50', '50000', notReusable],
    ['PH', 'PHP', 'CEBUANA', '1', '30000'],
    ['PH', 'PHP', 'PALAWAN', '50', '20000'],
  ],
  EWALLET: [
    ['ID', 'IDR', 'ASTRAPAY', '100', '20000000', { refund: 'NONE' }],
    ['ID', 'IDR', 'DANA', '100', '20000000', { ...saving, expiresAfterMs: 24 * hourMs }],
    ['ID', 'IDR', 'LINKAJA', '100', '10000000', { expiresAfterMs: 30 * minuteMs, refund: 'FULL' }],
    ['ID', 'IDR', 'OVO', '100', '20000000', { ...saving, expiresAfterMs: 55_000 }],
    ['ID', 'IDR', 'SHOPEEPAY', '1', '20000000', { ...saving, expiresAfterMs: 30 * minuteMs }],
    ['PH', 'PHP', 'GCASH', '1', '100000', { expiresAfterMs: 15 * minuteMs }],
    ['PH', 'PHP', 'GRABPAY', '1', '100000', { ...saving, expiresAfterMs: 15 * minuteMs }],
    ['PH', 'PHP', 'PAYMAYA', '1', '100000', { ...saving, expiresAfterMs: 15 * minuteMs }],
    ['PH', 'PHP', 'SHOPEEPAY', '1', '100000', { ...saving, expiresAfterMs: 15 * minuteMs }],
    ['MY', 'MYR', 'GRABPAY', '1', '1500', { ...saving, expiresAfterMs: 35 * minuteMs }],
    ['MY', 'MYR', 'SHOPEEPAY', '1', '30000', saving],
    ['MY', 'MYR', 'TOUCHNGO', '1', '25000', { ...saving, expiresAfterMs: hourMs }],
    ['TH', 'THB', 'SHOPEEPAY', '1', '200000', { refund: 'NONE' }],
    ['TH', 'THB', 'TRUEMONEY', '1', '50000', { refund: 'NONE' }],
    ['VN', 'VND', 'SHOPEEPAY', '1000', '500000000', { expiresAfterMs: 25 * minuteMs }],
    ['VN', 'VND', 'ZALOPAY', '1', '50000000', { expiresAfterMs: 15 * minuteMs }],
  ],
  DIRECT_DEBIT: [
    ['ID', 'IDR', 'BRI_DIRECT_DEBIT', '1', '999999', { refund: 'FULL' }],
    ['PH', 'PHP', 'BPI_DIRECT_DEBIT', '0.01', '500000'],
    ['PH', 'PHP', 'UBP_DIRECT_DEBIT', '0.01'],
  ],
  CARDS: [
    ['ID', 'IDR', 'CARDS', '5000', '200000000'],
    ['PH', 'PHP', 'CARDS', '0'],
    ['MY', 'MYR', 'CARDS', '1', '5000'],
    ['SG', 'SGD', 'CARDS', '1', '1000'],
    ['SG', 'USD', 'CARDS', '1', '1000'],
    ['TH', 'THB', 'CARDS', '1', '700000'],
    ['VN', 'VND', 'CARDS', '1000', '100000'],
  ],
};

const channels = new Map(
  (Object.keys(rows) as ChannelKind[])
    .flatMap((kind) => rows[kind].map((row) => toChannel(kind, row)))
    .map((channel) => [`${channel.code} ${channel.country} ${channel.currency}`, channel]),
);
const codes = new Set([...channels.values()].map(({ code }) => code));

/** The channel of that code in a country and currency; undefined where there is none. */
export function channelOf(code: string, country: string, currency: string): Channel | undefined {
  return channels.get(`${code} ${country} ${currency}`);
}

/** Whether there is a channel of that code in any country. */
export function isChannelCode(code: string): boolean {
  return codes.has(code);
}

function toChannel(kind: ChannelKind, [country, currency, code, minAmount, maxAmount, exceptions]: Row): Channel {
  return { code, country, currency, kind, minAmount, maxAmount, ...traits[kind], ...exceptions };
}
