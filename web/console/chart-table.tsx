interface ChartTableProps {
  caption: string;
  heads: readonly string[];
  /** The first of each is its head. */
  rows: readonly (readonly [string, ...string[]])[];
}

/** What a chart draws, in numbers. */
export function ChartTable({ caption, heads, rows }: ChartTableProps) {
  return (
    <details>
      <summary>Show as a table</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys */}
      <section className="table" aria-label={`${caption}, as a table`} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([head, ...cells]) => (
              <tr key={head}>
                <th scope="row">{head}</th>
                {cells.map((cell, index) => (
                  <td key={heads[index + 1]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
