import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../errors.ts';

/** Which callback tokens prove a delivery to which account. */
export interface CallbackTokens {
  /** The owner's: several while they are being changed. */
  owner: readonly string[];
  /** Each sub-account's own: at Xendit every one has its own. */
  ofAccounts: ReadonlyMap<string, readonly string[]>;
  /** Sandbox mode: a sub-account that has none of its own has the owner's, since one token may play them all. */
  areShared: boolean;
}

/**
 * Proves that a delivery to an account is Xendit's. How long it takes tells nothing of the tokens, nor of which one fits, nor
 * whether there is such an account: every account is compared with as many.
 *
 * @param account the sub-account whose address it came to; empty for the owner.
 * @param given the header `x-callback-token`; a list where it was sent more than once, which Xendit doesn't.
 * @throws GatewayError UNAUTHENTICATED it is absent, empty, repeated, wrong, or another account's.
 */
export type ProveSender = (account: string, given: string | string[] | undefined) => void;

export function createProof({ owner, ofAccounts, areShared }: CallbackTokens): ProveSender {
  const most = Math.max(owner.length, ...[...ofAccounts.values()].map((tokens) => tokens.length));
  const owners = digestsOf(owner, most);
  const known = new Map([...ofAccounts].map(([account, tokens]) => [account, digestsOf(tokens, most)]));
  known.set('', owners);
  const others = areShared ? owners : digestsOf([], most);
  return (account, given) => {
    const digest = digestOf(typeof given === 'string' ? given : '');
    let isProved = false;
    for (const own of known.get(account) ?? others) isProved = timingSafeEqual(own, digest) || isProved;
    if (!isProved) throw new GatewayError('UNAUTHENTICATED', 'The callback token is absent or wrong');
  };
}

/** Filled up with what no token has. */
function digestsOf(tokens: readonly string[], count: number): Buffer[] {
  const digests = tokens.filter((token) => token !== '').map(digestOf);
  while (digests.length < count) digests.push(randomBytes(32));
  return digests;
}

function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
