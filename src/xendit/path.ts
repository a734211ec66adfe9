import { GatewayError } from '../errors.ts';

/** Where a call goes. Made by `path` only, so that an id can't lead it elsewhere. */
export interface Path {
  /** With every id percent-encoded: `/qr_codes/order%2F1`. */
  readonly text: string;
  /** With `{}` for each id: `/qr_codes/{}`. Xendit counts calls by it. */
  readonly endpoint: string;
}

/** Longer than any id of Xendit's, short enough for every server's request line. */
const maxSegmentLength = 1_000;

/**
 * Builds a path in which each `${id}` stays one segment, whatever it holds.
 *
 * @throws GatewayError NOT_FOUND the text can't be a segment (empty, `.`, `..`, no Unicode, too long), so nothing has this id.
 */
export function path(parts: TemplateStringsArray, ...ids: string[]): Path {
  return { text: String.raw({ raw: parts }, ...ids.map(toSegment)), endpoint: parts.join('{}') };
}

function toSegment(id: string): string {
  // Encoding is no help against dots: URL parsers on the way read %2e%2e as `..` too.
  if (id === '' || id === '.' || id === '..' || !id.isWellFormed() || id.length > maxSegmentLength) {
    throw new GatewayError('NOT_FOUND', 'Nothing can have this id');
  }
  return encodeURIComponent(id);
}
