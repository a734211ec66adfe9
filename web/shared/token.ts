/** The token or API key that this tab of the browser proves by who it is; kept until the tab is closed, for all pages. */
const key = 'token';

export function keptToken(): string {
  return sessionStorage.getItem(key) ?? '';
}

/** @param token empty to forget it. */
export function keepToken(token: string): void {
  if (token === '') sessionStorage.removeItem(key);
  else sessionStorage.setItem(key, token);
}
