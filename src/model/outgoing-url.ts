import ipaddr from 'ipaddr.js';

/**
 * Whom an address may lead to that a caller names: the internet alone, by https; or, while a front end is being written, also
 * this machine and its network, by http too.
 */
export type Reach = 'INTERNET' | 'NEARBY';

const maxLength = 2_048;

/** Where clouds answer questions about a machine to whoever asks from it, beyond the ranges that are kept for such things. */
const metadata = new Set(['168.63.129.16', 'fd00:ec2::254']);

/** Kept for names that mean something within a house only. */
const nearbyNames = /(^|\.)(localhost|localdomain|local|internal|intranet|private|corp|home|lan|home\.arpa)$/;

/** The part of IPv6 that addresses of the internet are given out of. */
const given = ipaddr.IPv6.parseCIDR('2000::/3');

/** What addresses of ranges are for, apart from the internet's own, `unicast`. */
const nearbyRanges = ['loopback', 'private', 'uniqueLocal', 'carrierGradeNat', 'reserved'];

/**
 * What is wrong with an address that Xendit or a browser is to be told. It is never fetched here, and its name never looked up:
 * a name of the internet that leads to a private address is not seen.
 *
 * @returns what it must be; undefined when it is.
 */
export function outgoingUrlProblem(text: string, reach: Reach, schemes = schemesFor(reach)): string | undefined {
  if (text.length > maxLength) return `must have at most ${maxLength} characters`;
  // Parsers drop or turn some of these, each in its own way.
  if (/[\s\\\p{C}]/u.test(text)) return 'must have no blanks, backslashes or control characters';
  const url = URL.parse(text);
  const hasCredentials =
    url === null || url.username !== '' || url.password !== '' || /^[^/?#]*\/\/[^/?#]*@/.test(text);
  if (url === null || !schemes.includes(url.protocol) || hasCredentials || !/^https?:\/\/[^/]/i.test(text)) {
    return `must be ${schemes.includes('http:') ? 'a web' : 'an https'} address without credentials`;
  }
  return leadsElsewhere(url.hostname, reach) ? 'must lead to a host on the internet' : undefined;
}

function schemesFor(reach: Reach): string[] {
  return reach === 'NEARBY' ? ['https:', 'http:'] : ['https:'];
}

/** @param hostname as `URL` gives it: names in lower case, IPv4 in four decimals however it was written, IPv6 in brackets. */
function leadsElsewhere(hostname: string, reach: Reach): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (ipaddr.isValid(host)) return isElsewhere(host, reach);
  const name = host.replace(/\.$/, '');
  // An empty label, or none.
  if (name === '' || name.split('.').includes('')) return true;
  return reach === 'INTERNET' && (!name.includes('.') || nearbyNames.test(name));
}

function isElsewhere(host: string, reach: Reach): boolean {
  const meant = ipaddr.process(host);
  if (metadata.has(meant.toString())) return true;
  if (reach === 'NEARBY') return meant.range() !== 'unicast' && !nearbyRanges.includes(meant.range());
  const address = ipaddr.parse(host);
  // Of IPv6 only an eighth has been given out; what carries an IPv4 address within it has ranges of its own.
  return address.range() !== 'unicast' || (address instanceof ipaddr.IPv6 && !address.match(given));
}
