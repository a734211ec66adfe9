/** One reading of the work and one of its reference, taken in turn. */
export interface Rounds {
  values: number[];
  references: number[];
}

export interface Figure {
  name: string;
  /** What was measured, the median of all rounds. */
  value: number;
  /** The same of what it is compared with; null where it is held to a fixed figure. */
  reference: number | null;
  ratio: number | null;
  /** What the ratio may be, or the value where there is no reference. */
  goal: number;
  ok: boolean;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * Measures the gateway and its reference in turn, so that what else the machine does falls on both.
 *
 * @param warmUps rounds of each before any counts.
 */
export async function inTurn(
  measureGateway: (round: number) => Promise<number>,
  measureReference: (round: number) => Promise<number>,
  { rounds = 7, warmUps = 6 }: { rounds?: number; warmUps?: number } = {},
): Promise<Rounds> {
  const taken: Rounds = { values: [], references: [] };
  for (let round = 0; round < warmUps + rounds; round += 1) {
    const value = await measureGateway(round);
    const reference = await measureReference(round);
    if (round < warmUps) continue;
    taken.values.push(value);
    taken.references.push(reference);
  }
  return taken;
}

/** A figure that is held to a multiple of its reference: `most` or `least` of it. */
export function compare(
  name: string,
  { values, references }: Rounds,
  goal: number,
  is: 'most' | 'least' = 'most',
): Figure {
  const value = median(values);
  const reference = median(references);
  const ratio = round(value / reference, 2);
  return {
    name,
    value: round(value, 4),
    reference: round(reference, 4),
    ratio,
    goal,
    ok: is === 'most' ? ratio <= goal : ratio >= goal,
  };
}

/** A figure that is held to a fixed one. */
export function holdTo(name: string, value: number, goal: number): Figure {
  return { name, value: round(value, 2), reference: null, ratio: null, goal, ok: value <= goal };
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** A table for people: each column as wide as its widest cell. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of [head, ...rows])
    console.log(
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    );
}

export function printRounds(unit: string, titles: readonly [string, string], { values, references }: Rounds): void {
  const rows = values.map((value, index) => [
    String(index + 1),
    value.toFixed(4),
    (references[index] ?? Number.NaN).toFixed(4),
  ]);
  rows.push(['median', median(values).toFixed(4), median(references).toFixed(4)]);
  printTable([`round (${unit})`, ...titles], rows);
}

/** The last line that a bench prints: its figure, and those of its other references beside it. */
export function printResult(figure: Figure, others: readonly Figure[] = [], also: Record<string, unknown> = {}): void {
  const ok = figure.ok && others.every((other) => other.ok);
  console.log(JSON.stringify({ ...figure, ok, ...(others.length > 0 && { others }), ...also }));
}
