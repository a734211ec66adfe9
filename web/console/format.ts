const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** The time, with the day before it unless it is today's; of other years only the date. @param time in UTC, as the graph has it */
export function shortTime(time: string): string {
  const moment = new Date(time);
  const now = new Date();
  const isToday = moment.toDateString() === now.toDateString();
  if (moment.getFullYear() !== now.getFullYear()) return date.format(moment);
  return isToday ? clock.format(moment) : `${day.format(moment)} ${clock.format(moment)}`;
}

export function longTime(time: string): string {
  return whole.format(new Date(time));
}

/** To the digit, in the currency's own code, such as `IDR 15,000`. */
export function money({ amount, currency }: { amount: string; currency: string }): string {
  try {
    const format = { style: 'currency', currency, currencyDisplay: 'code' } as const;
    const digits = { minimumFractionDigits: 0, maximumFractionDigits: 20 };
    return new Intl.NumberFormat(undefined, { ...format, ...digits }).format(amount as `${number}`);
  } catch {
    return `${currency} ${amount}`;
  }
}

/** `STATUS_CHANGED` as `Status changed`. */
export function words(constant: string): string {
  const text = constant.replaceAll('_', ' ').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `PaymentRequest` as `Payment request`, `QrCode` as `QR code`. */
export function typeName(type: string): string {
  return words(type.replace(/(?<=[a-z])(?=[A-Z])/g, '_')).replace(/^Qr\b/, 'QR');
}

const steps = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** In its largest unit, such as `3 d` or `40 ms`. */
export function duration(ms: number): string {
  const [unit, size] = steps.find(([, step]) => ms >= step) ?? ['ms', 1];
  return `${Math.round(ms / size)} ${unit}`;
}
