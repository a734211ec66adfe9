import type { ReactNode } from 'react';
import { useMedia } from './use-media.ts';

interface FilterBoxProps {
  label: string;
  /** How many filters are set. */
  set: number;
  onClear(): void;
  children: ReactNode;
}

/** Filters in a line; on a phone folded away until they are wanted. */
export function FilterBox({ label, set, onClear, children }: FilterBoxProps) {
  const isPhone = useMedia('(max-width: 44rem)');
  const filters = (
    <div className="filters">
      {children}
      {set > 0 && (
        <button type="button" className="button" onClick={onClear}>
          Clear
        </button>
      )}
    </div>
  );
  return (
    <search aria-label={label}>
      {isPhone ? (
        <details className="filter-box">
          <summary>Filters{set > 0 && `: ${set} set`}</summary>
          {filters}
        </details>
      ) : (
        filters
      )}
    </search>
  );
}

export function countSet(filters: object): number {
  return Object.values(filters).filter((value) => value !== undefined && value !== '').length;
}
