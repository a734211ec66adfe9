import { isIP } from 'node:net';
import { hasCheckDigit, isCardName, lettersOf } from './card-data.ts';
import { isJsonObject, type Json, parseJson, scalarText } from './json.ts';

/** What stands where something was hidden. */
export const hidden = '[redacted]';

/** Hides secrets and what tells who a person is; leaves ids, amounts, times and codes, which operators need. */
export interface Redaction {
  /** Hides, within any text, whatever is known by its shape or stands behind a name that hides it. */
  text(text: string): string;
  /** The same anywhere in a value as JSON has it; behind a name that hides it, all of it. */
  value(value: unknown): Json;
  /** JSON stays JSON, without its white space; anything else is a text. */
  json(text: string): string;
}

/** Names of secrets, of people and of where they are reached or paid, by their letters in lower case. */
const names: readonly RegExp[] = [
  /^(proxy)?authorization$|cookies?$|passwords?$|^passwd$|passphrase|secrets?$|(secret|api|private|sdk|signing)keys?$/,
  /(?<!payment)tokens?$|credentials?$|signature$|^(otp|pin)$|^authenticationvalue$|^cavv$/,
  /email|phone|msisdn|whatsapp|^mobile(number|no)?$|mobilenumber$/,
  /(given|first|middle|last|sur|family|full|maiden|nick|payer|customer|holder|account|sender|recipient)names?$/,
  /(beneficiary|buyer|shopper|display|contact|user)names?$/,
  /account(number|no|nr|details?)$|^iban$|cardnumber/,
  /address$|^addressline|^street|^(city|provincestate|province|postalcode|postcode|zip|zipcode)$/,
  /^(shipping|billing)(information|details?)$/,
  /birth|^dob$|^(nationality|gender|ktp|nik|npwp|ssn|taxid|taxnumber|identitynumber|identityaccounts?|kycdocuments?)$/,
  /^(nationalid|passport)/,
];

/** What a `name` in them is a person's. */
const people =
  /^(customer|payer|individual|individualdetail|person|account|holder|recipient|sender|beneficiary|buyer|shopper|contact)s?$/;

/** Whose numbers are never a card's. */
const amounts = /(amount|balance|nominal|price|fee|total)$/;

type Pattern = readonly [shape: RegExp, replace: (match: string, ...groups: string[]) => string];

const hide = () => hidden;

/**
 * What is hidden by its shape. Each begins where a run of its characters does, or is bounded, so that a text of any length
 * is read once.
 */
const patterns: readonly Pattern[] = [
  // Credentials of an address, such as a database's.
  [/(:\/\/)[^\s/@"'<>]{1,300}@/g, (_, slashes = '') => `${slashes}${hidden}@`],
  [/(?<![\w-])(bearer|basic)((?:\s|%20)+)([\w.~+/=-]{6,})/gi, hideScheme],
  [/(?<![A-Za-z0-9])(?:xnd|xgk)_[\w-]{4,}/gi, hide],
  [/(?<![\w-])eyJ[\w-]{4,}\.[\w-]*(?:\.[\w-]*){0,3}/g, hide],
  [/(?<![\p{L}\p{N}.!#$%*+^_~-])[\p{L}\p{N}.!#$%*+^_~-]+(?:@|%40)(?:[\p{L}\p{N}_-]+\.)+[\p{L}\p{N}-]+/giu, hide],
  [/(?:(?<![\w+])\+|%2B)[1-9](?:[ ().-]{0,2}\d){7,14}(?!\d)/gi, hide],
  [
    /(?<![\p{L}\p{N}])(?<!\d\.)(?:\d{13,19}|\d{4}(?:(?:[ .+\u00a0-]|%20)\d{4}){3}(?:(?:[ .+\u00a0-]|%20)\d{1,3})?|\d{4}(?:[ .+\u00a0-]|%20)\d{6}(?:[ .+\u00a0-]|%20)\d{4,5})(?![\p{L}\p{N}])/gu,
    hideCardNumber,
  ],
];

/** What stands before a value: `name: `, `"name":`, `name=`. */
const beforeValue = /(?<![\w-])([A-Za-z_][\w-]*)(?:\\?["'])?\s{0,9}(?:[:=]|%3D)\s{0,9}/g;

/** A value as messages quote it, in quotes that may be escaped, or a number. */
const quoted = /(\\")(?:[^"\\]|\\(?!"))*(?:\\")?|(")(?:[^"\\]|\\.)*"?|(')[^']*'?|-?\d[\d.]*/sy;

/** A value as forms and headers have it. */
const plain = /[^\s&;,"'<>()[\]{}]+/y;

/** Issuers' first digits; without them one time in milliseconds of ten would be a card's number. */
const issuers = /^(2[2-7]|3[04-9]|4|5|6)/;

/** A shorter secret would be found in everything. */
const minSecretLength = 6;

/** Everybody knows it, and a merchant may have left it in use. */
const sandboxToken = 'sandbox-callback-token';

/** @param secrets hidden by their value, too. */
export function createRedaction(secrets: readonly string[] = []): Redaction {
  const known = [sandboxToken, ...secrets].filter((one) => one.length >= minSecretLength).flatMap(spellings);
  const words = [...new Set(known)].sort((a, b) => b.length - a.length);

  function text(whole: string): string {
    let shown = whole;
    for (const word of words) shown = shown.replaceAll(word, hidden);
    for (const [shape, replace] of patterns) shown = shown.replace(shape, replace);
    return hideNamed(shown);
  }

  function within(value: unknown, name: string, parent: string): Json {
    if (value === null || value === undefined || typeof value === 'boolean') return value ?? null;
    if (isHiddenName(name, parent) && !(typeof value === 'string' && isIP(value) !== 0)) return hidden;
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map((each) => within(each, name, parent));
    if (isJsonObject(value)) {
      return Object.fromEntries(
        Object.entries(value)
          .filter(([, inner]) => inner !== undefined)
          .map(([key, inner]) => [text(key), within(inner, key, name)]),
      );
    }
    const digits = scalarText(value) ?? '';
    return amounts.test(lettersOf(name)) || text(digits) === digits ? (value as Json) : hidden;
  }

  return {
    text,
    value: (value) => within(value, '', ''),
    json(whole) {
      try {
        return JSON.stringify(within(parseJson(whole), '', ''));
      } catch {
        // No JSON, or deeper than the stack.
        return text(whole);
      }
    },
  };
}

/** For those who know of no configured secrets. */
export const redaction = createRedaction();

/** Whether what goes by this name is never shown. @param parent the name of what it stands in. */
export function isHiddenName(name: string, parent = ''): boolean {
  const letters = lettersOf(name);
  if (letters === 'name') return people.test(lettersOf(parent));
  return isCardName(name, parent) || names.some((some) => some.test(letters));
}

/** As it is, as a URL has it, and as the user of Basic authentication. */
function spellings(secret: string): string[] {
  const asUser = Buffer.from(`${secret}:`).toString('base64');
  return [secret, encodeURIComponent(secret.toWellFormed()), asUser];
}

/** A sentence may speak of `Basic authentication`. */
function hideScheme(match: string, scheme = '', space = '', token = ''): string {
  const isWord = /^(auth|authentication|authorization|tokens?|schemes?|credentials?|challenge)[.,]?$/i.test(token);
  return isWord ? match : `${scheme}${space}${hidden}`;
}

function hideCardNumber(match: string): string {
  const digits = match.replaceAll('%20', '').replace(/\D/g, '');
  const isIssued = issuers.test(digits) && (digits.length > 13 || digits.startsWith('4'));
  return isIssued && hasCheckDigit(digits) ? hidden : match;
}

/** Hides the values that stand behind names, wherever a text quotes JSON, a form or an object. */
function hideNamed(text: string): string {
  let shown = '';
  let at = 0;
  for (const match of text.matchAll(beforeValue)) {
    const start = match.index + match[0].length;
    if (match.index < at || !isHiddenName(match[1] ?? '')) continue;
    const found = valueAt(quoted, text, start) ?? (/[=D]$/.test(match[0]) ? valueAt(plain, text, start) : undefined);
    if (found === undefined || found[0].includes(hidden)) continue;
    const quote = found[1] ?? found[2] ?? found[3] ?? '';
    shown += `${text.slice(at, start)}${quote}${hidden}${quote}`;
    at = start + found[0].length;
  }
  return shown + text.slice(at);
}

function valueAt(value: RegExp, text: string, start: number): RegExpExecArray | undefined {
  value.lastIndex = start;
  return value.exec(text) ?? undefined;
}
