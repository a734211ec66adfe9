/** As people write it. */
export function money({ amount, currency }: { amount: string; currency: string }): string {
  const format = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    trailingZeroDisplay: 'stripIfInteger',
  });
  return format.format(Number(amount));
}
