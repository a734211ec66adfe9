/** What JSON lets through and a terminal or a reader of lines may obey, written out: other line ends, control characters, directions. */
export function printable(line: string): string {
  return line.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}${lowHalf(character)}`,
  );
}

/** A character beyond 16 bits is written in two halves. */
function lowHalf(character: string): string {
  return character.length > 1 ? `\\u${character.charCodeAt(1).toString(16)}` : '';
}
