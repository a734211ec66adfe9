import { accountPattern } from '../model/account.ts';

/**
 * Reads `ACCOUNT_CALLBACK_TOKENS`: `account=token`, separated by commas; an account may stand several times.
 *
 * @param ownersTokens what proves a delivery to the owner; none of them may be a sub-account's as well.
 * @param problems told what is wrong, by place and account: tokens are secrets.
 */
export function readAccountTokens(
  entries: readonly string[],
  ownersTokens: readonly string[],
  problems: string[],
): Map<string, string[]> {
  const tokens = new Map<string, string[]>();
  const holders = new Map(ownersTokens.map((token) => [token, 'the owner']));
  for (const [index, entry] of entries.entries()) {
    const [account = '', ...rest] = entry.split('=').map((part) => part.trim());
    // A token may have an = of its own.
    const token = rest.join('=');
    if (!accountPattern.test(account) || token === '') {
      problems.push(`ACCOUNT_CALLBACK_TOKENS must be written account=token: entry ${index + 1} is not`);
      continue;
    }
    const holder = holders.get(token) ?? account;
    if (holder !== account) {
      problems.push(`ACCOUNT_CALLBACK_TOKENS gives ${account} a token that ${holder} has: it would prove neither`);
    }
    holders.set(token, holder);
    tokens.set(account, [...(tokens.get(account) ?? []), token]);
  }
  return tokens;
}
