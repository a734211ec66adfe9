import type { ReactNode } from 'react';

/** Drawings beside words that say the same. */
function icon(drawing: ReactNode) {
  return () => (
    <svg
      className="icon"
      viewBox="0 0 24 24"
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

export const ActivityIcon = icon(<path d="M3 12h4l3-8 4 16 3-8h4" />);
export const InboxIcon = icon(<path d="M3 13h5l1.5 3h5L16 13h5M5 5h14l2 8v6H3v-6L5 5Z" />);
export const GaugeIcon = icon(<path d="M4 18a9 9 0 1 1 16 0M12 14l4-5M12 14v.01" />);
export const ChartIcon = icon(<path d="M4 4v16h16M8 16v-4m4 4V8m4 8v-6" />);
export const CloseIcon = icon(<path d="M6 6l12 12M18 6 6 18" />);
export const PauseIcon = icon(<path d="M9 5v14M15 5v14" />);
export const PlayIcon = icon(<path d="M7 5l12 7-12 7V5Z" />);
export const SearchIcon = icon(<path d="M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm5-2 5 5" />);
export const RedriveIcon = icon(<path d="M4 12a8 8 0 0 1 14-5l2 2M20 4v5h-5M20 12a8 8 0 0 1-14 5l-2-2M4 20v-5h5" />);
export const UpIcon = icon(<path d="M12 19V5m-6 6 6-6 6 6" />);
export const CopyIcon = icon(<path d="M9 9h11v11H9zM5 15H4V4h11v1" />);
export const CheckIcon = icon(<path d="m5 13 4.5 4.5L19 7" />);
export const OutIcon = icon(<path d="M10 4H5v16h5m4-4 4-4-4-4m4 4H9" />);
