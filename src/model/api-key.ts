import { type Scope, scopes } from './caller.ts';

/** A key that a caller may prove itself by: all of it but the key, of which only the hash is kept. */
export interface ApiKey {
  /** For logs and for counting; no two keys have one name. */
  name: string;
  /** SHA-256 of the key in lower-case hexadecimal. */
  hash: string;
  scopes: ReadonlySet<Scope>;
  /** The sub-account in which its caller acts; empty for the owner of the secret key. */
  account: string;
}

const entryPattern = /^(?<name>[\w.-]{1,64}):(?<hash>[\da-f]{64}):(?<scopes>[a-z:+]+)(?:@(?<account>[\w-]{1,64}))?$/i;

/**
 * Reads a list of keys, each as `name:hash:scope+scope` and, for one of a sub-account, `@account` after it.
 *
 * @param separator a comma, or a line's end, where lines that begin with `#` are remarks.
 * @param known keys that there are already: none may come again.
 * @returns the keys, and all that is wrong with the list, in words that repeat nothing of it.
 */
export function readApiKeys(
  text: string,
  separator: ',' | '\n',
  known: readonly ApiKey[] = [],
): { keys: ApiKey[]; problems: string[] } {
  const keys: ApiKey[] = [];
  const problems: string[] = [];
  for (const [index, untrimmed] of text.split(separator).entries()) {
    const entry = untrimmed.trim();
    if (entry === '' || (separator === '\n' && entry.startsWith('#'))) continue;
    const key = readApiKey(entry);
    const problem = key === undefined ? malformed : problemWith(key, [...known, ...keys]);
    if (problem !== undefined) problems.push(`${separator === ',' ? 'entry' : 'line'} ${index + 1} ${problem}`);
    else if (key !== undefined) keys.push(key);
  }
  return { keys, problems };
}

const malformed = `is not name:SHA-256 of the key:scopes, the scopes being among ${scopes.join(', ')} and joined by +`;

function readApiKey(entry: string): ApiKey | undefined {
  const parts = entryPattern.exec(entry)?.groups;
  const named = parts?.scopes?.split('+') ?? [];
  if (parts === undefined || !named.every(isScope)) return undefined;
  const { name = '', hash = '', account = '' } = parts;
  return { name, hash: hash.toLowerCase(), scopes: new Set(named), account };
}

function problemWith(key: ApiKey, others: readonly ApiKey[]): string | undefined {
  if (others.some(({ name }) => name === key.name)) return 'has the name of an earlier one';
  return others.some(({ hash }) => hash === key.hash) ? 'has the key of an earlier one' : undefined;
}

/** Whether a word is one of the scopes. */
export function isScope(word: unknown): word is Scope {
  return (scopes as readonly unknown[]).includes(word);
}

/** As `readApiKeys` reads it. */
export function writeApiKey({ name, hash, scopes: granted, account }: ApiKey): string {
  return `${name}:${hash}:${[...granted].join('+')}${account === '' ? '' : `@${account}`}`;
}
