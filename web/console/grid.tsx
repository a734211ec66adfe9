// biome-ignore-all lint/a11y/noRedundantRoles: the table is laid out as blocks, and some browsers then take rows and cells for plain text unless their roles say what they are
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useState,
} from 'react';
import { useMedia } from './use-media.ts';
import './grid.css';

export interface Column<T> {
  /** Its class, too: `cell-` before it. */
  name: string;
  label: string;
  cell(row: T): ReactNode;
}

interface GridProps<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf(row: T): string;
  onOpen(row: T): void;
  /** What scrolls. */
  scroller: RefObject<HTMLDivElement | null>;
  /** Whether rows may follow the last one, which are asked for as it comes near. */
  hasOlder: boolean;
  onNeedOlder(): void;
  /** Told when one has scrolled away from the newest row, or back; whoever leaves the list is away no more. */
  onAway(isAway: boolean): void;
  /** Rows that were chosen, by their keys, where they can be. */
  chosen?: ReadonlySet<string>;
  onChoose?(row: T): void;
  /** Below the last row. */
  children?: ReactNode;
}

const rowHeight = 44;
const rowHeightOnPhone = 72;
/** Rows below the last that is seen, when older ones are asked for. */
const ahead = 30;

/**
 * A table of any length, of which only what is seen is in the page. Arrows walk through it, Enter opens a row: it keeps the focus and
 * names its active row, as https://www.w3.org/WAI/ARIA/apg/patterns/grid/ has it.
 */
export function Grid<T>(props: GridProps<T>) {
  const { label, columns, rows, keyOf, onOpen, scroller, hasOlder, onNeedOlder, onAway, chosen, onChoose } = props;
  const id = useId();
  const isPhone = useMedia('(max-width: 44rem)');
  const height = isPhone ? rowHeightOnPhone : rowHeight;
  const [activeKey, setActiveKey] = useState<string>();
  const active = useMemo(() => rows.findIndex((row) => keyOf(row) === activeKey), [rows, activeKey, keyOf]);
  // A row of another height is another one: what was laid out before doesn't hold for it.
  const getItemKey = useCallback((index: number) => `${height} ${index}`, [height]);
  const virtual = useVirtualizer({
    count: rows.length,
    getItemKey,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
    scrollPaddingStart: isPhone ? 0 : rowHeight,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasOlder && last >= rows.length - ahead) onNeedOlder();
  }, [hasOlder, last, rows.length, onNeedOlder]);

  useEffect(() => () => onAway(false), [onAway]);

  function activate(index: number): void {
    const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    if (row === undefined) return;
    setActiveKey(keyOf(row));
    virtual.scrollToIndex(rows.indexOf(row));
  }

  function onKeyDown(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / height) - 1);
    const row = rows[active];
    const moves: Record<string, () => void> = {
      ArrowDown: () => activate(active + 1),
      ArrowUp: () => activate(active - 1),
      PageDown: () => activate(active + page),
      PageUp: () => activate(active - page),
      Home: () => activate(0),
      End: () => activate(rows.length - 1),
      ...(row !== undefined && { Enter: () => onOpen(row) }),
      ...(row !== undefined && onChoose && { ' ': () => onChoose(row) }),
    };
    const move = moves[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move();
  }

  function onClick({ target }: MouseEvent): void {
    const index = (target as Element).closest('tr')?.dataset.index;
    const row = index === undefined ? undefined : rows[Number(index)];
    if (row === undefined) return;
    setActiveKey(keyOf(row));
    onOpen(row);
  }

  return (
    <div ref={scroller} className="grid" onScroll={({ currentTarget }) => onAway(currentTarget.scrollTop > height)}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: ARIA in HTML allows any role on a table, and this one is walked by keys
        role="grid"
        aria-label={label}
        aria-rowcount={hasOlder ? -1 : rows.length + 1}
        aria-multiselectable={chosen ? true : undefined}
        aria-activedescendant={items.some(({ index }) => index === active) ? `${id}${active}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        <thead role="rowgroup">
          <tr role="row" aria-rowindex={1}>
            {columns.map((column) => (
              <th key={column.name} role="columnheader" scope="col" className={`cell cell-${column.name}`}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const key = keyOf(row);
            return (
              <tr
                key={key}
                role="row"
                id={`${id}${index}`}
                data-index={index}
                aria-rowindex={index + 2}
                aria-selected={chosen ? chosen.has(key) : undefined}
                className={index === active ? 'active' : undefined}
                style={{ height, transform: `translateY(${start}px)` }}
              >
                {columns.map((column) => (
                  <td key={column.name} role="cell" className={`cell cell-${column.name}`}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
      {props.children}
    </div>
  );
}
