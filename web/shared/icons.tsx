import type { ReactNode } from 'react';

/** Drawings beside words that say the same. */
function icon(drawing: ReactNode) {
  return () => (
    <svg
      viewBox="0 0 24 24"
      width="1em"
      height="1em"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {drawing}
    </svg>
  );
}

export const CopyIcon = icon(
  <>
    <rect x="9" y="9" width="11" height="11" rx="2" />
    <path d="M5 15H4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v1" />
  </>,
);
export const CheckIcon = icon(<path d="m5 13 4.5 4.5L19 7" />);
export const ArrowIcon = icon(<path d="M5 12h14m-6-6 6 6-6 6" />);
export const WarningIcon = icon(<path d="M12 4 2.5 20h19L12 4Zm0 6v4m0 3v.01" />);
export const ShieldIcon = icon(<path d="M12 3 4 6v6c0 5 3.5 8 8 9 4.5-1 8-4 8-9V6l-8-3Zm-3.5 9 2.5 2.5 4.5-5" />);
