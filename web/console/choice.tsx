import { useId } from 'react';

interface ChoiceProps {
  label: string;
  /** Empty or undefined for all of them. */
  value: string | undefined;
  options: readonly string[];
  nameOf(option: string): string;
  onChange(value: string): void;
}

/** One of some words, or all. */
export function Choice({ label, value = '', options, nameOf, onChange }: ChoiceProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={({ target }) => onChange(target.value)}>
        <option value="">All</option>
        {options.map((option) => (
          <option key={option} value={option}>
            {nameOf(option)}
          </option>
        ))}
      </select>
    </div>
  );
}
