import { useId } from 'react';
import { Choice } from './choice.tsx';
import { countSet, FilterBox } from './filter-box.tsx';
import { words } from './format.ts';
import { goTo } from './route.ts';
import { outcomes, type WebhookFilters } from './webhooks.ts';

/** What is let through; the address keeps it. */
export function WebhookFilterBar({ filters }: { filters: WebhookFilters }) {
  const set = (change: WebhookFilters) => goTo({ view: 'webhooks', filters: { ...filters, ...change } });
  return (
    <FilterBox label="Filter webhooks" set={countSet(filters)} onClear={() => goTo({ view: 'webhooks' })}>
      <Choice
        label="Outcome"
        value={filters.outcome}
        options={outcomes}
        nameOf={words}
        onChange={(outcome) => set({ outcome })}
      />
      <Typed label="Event" value={filters.event} placeholder="qr.payment" onChange={(event) => set({ event })} />
      <Typed
        label="Resource id"
        value={filters.resource}
        placeholder="py-…"
        onChange={(resource) => set({ resource })}
      />
      <Typed label="From" type="datetime-local" value={filters.from} onChange={(from) => set({ from })} />
      <Typed label="To" type="datetime-local" value={filters.to} onChange={(to) => set({ to })} />
    </FilterBox>
  );
}

interface TypedProps {
  label: string;
  type?: 'text' | 'datetime-local';
  value: string | undefined;
  placeholder?: string;
  onChange(value: string): void;
}

/** Taken once it has been typed whole. */
function Typed({ label, type = 'text', value = '', placeholder, onChange }: TypedProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        key={value}
        id={id}
        type={type}
        defaultValue={value}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
        onBlur={({ target }) => target.value.trim() !== value && onChange(target.value.trim())}
      />
    </div>
  );
}
