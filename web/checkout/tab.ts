import { useEffect } from 'react';
import type { Standing } from './standing.ts';

/** Has the whole page, and its tab, tell how things stand. */
export function useTab(title: string, standing: Standing['type']): void {
  useEffect(() => {
    document.title = title;
    document.body.dataset.standing = standing;
    if (standing === 'PAID') document.querySelector('link[rel=icon]')?.setAttribute('href', paidIcon);
  }, [title, standing]);
}

const paidIcon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="16" fill="#0b7a43"/><path d="m8 17 5.5 5.5L24 11" fill="none" stroke="#fff" stroke-width="4"/></svg>',
)}`;
