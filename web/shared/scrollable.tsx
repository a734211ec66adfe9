import type { ReactNode } from 'react';

interface ScrollableProps {
  className: string;
  /** What it is, for those who hear the page; the page's `main` needs none. */
  label?: string;
  isMain?: boolean;
  children: ReactNode;
}

/** A place that may be shorter than what is in it. It takes the focus, since Safari scrolls it by no key otherwise. */
export function Scrollable({ className, label, isMain = false, children }: ScrollableProps) {
  const Place = isMain ? 'main' : 'section';
  return (
    <Place className={className} aria-label={label} tabIndex={0}>
      {children}
    </Place>
  );
}
