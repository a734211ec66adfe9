import { Scrollable } from '../shared/scrollable.tsx';

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
      <Scrollable className="table" label={`${caption}, as a table`}>
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
      </Scrollable>
    </details>
  );
}
