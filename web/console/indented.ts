const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** JSON in lines, each of its numbers digit by digit as it came; anything else as it is. */
export function indented(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  let depth = 0;
  const line = (change: number) => {
    depth += change;
    return `\n${'  '.repeat(depth)}`;
  };
  const write = (part: string) => {
    if (part === '{' || part === '[') return part + line(1);
    if (part === '}' || part === ']') return line(-1) + part;
    return part === ',' ? part + line(0) : part === ':' ? ': ' : part;
  };
  // No string of JSON's has a line break in it.
  return text.replace(token, write).replaceAll(/([{[])\n\s*\n?\s*([}\]])/g, '$1$2');
}
