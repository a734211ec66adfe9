import type { Money } from './bill.ts';

/** How amounts and times are written in a language. */
export interface Formats {
  money(money: Money): string;
  /** @param time in UTC, or ms */
  time(time: string | number): string;
  /** Minutes and seconds, with hours before them where there are some. @param ms 0 at least */
  countdown(ms: number): string;
}

/** @param locale as the payer's browser names it, such as `id-ID` */
export function formatsOf(locale: string): Formats {
  const times = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  return {
    money({ amount, currency }) {
      const format = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const;
      // Rupiah are written without the decimals that the standard allows them.
      const digits = /[.]0*[1-9]/.test(amount) ? {} : { minimumFractionDigits: 0 };
      return new Intl.NumberFormat(locale, { ...format, ...digits }).format(amount as `${number}`);
    },
    time: (time) => times.format(new Date(time)),
    countdown(ms) {
      const seconds = Math.floor(ms / 1_000);
      const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
      const hours = Math.floor(seconds / 3_600);
      const shown = hours > 0 ? [hours, ...parts] : parts;
      return shown.map((part) => String(part).padStart(2, '0')).join(':');
    },
  };
}
