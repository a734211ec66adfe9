import { type ActivityFilters, kinds, origins, resourceTypes, statuses } from './activity.ts';
import { Choice } from './choice.tsx';
import { countSet, FilterBox } from './filter-box.tsx';
import { Find } from './find.tsx';
import { typeName, words } from './format.ts';
import { goTo } from './route.ts';

/** What is let through; the address keeps it. */
export function ActivityFilterBar({ filters }: { filters: ActivityFilters }) {
  const set = (change: ActivityFilters) => goTo({ view: 'activity', filters: { ...filters, ...change } });
  const originName = (origin: string) => (origin === 'API' ? 'API' : words(origin));
  return (
    <FilterBox label="Filter activity" set={countSet(filters)} onClear={() => goTo({ view: 'activity' })}>
      <Choice
        label="Resource"
        value={filters.type}
        options={resourceTypes}
        nameOf={typeName}
        onChange={(type) => set({ type })}
      />
      <Choice
        label="Status"
        value={filters.status}
        options={statuses}
        nameOf={words}
        onChange={(status) => set({ status })}
      />
      <Choice label="What" value={filters.kind} options={kinds} nameOf={words} onChange={(kind) => set({ kind })} />
      <Choice
        label="Heard by"
        value={filters.origin}
        options={origins}
        nameOf={originName}
        onChange={(origin) => set({ origin })}
      />
      <Find key={filters.id ?? ''} id={filters.id ?? ''} onFilter={(id) => set({ id })} />
    </FilterBox>
  );
}
