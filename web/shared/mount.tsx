import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './tokens.css';

/** Shows a page in its `#root`. */
export function mount(page: ReactNode): void {
  const root = document.getElementById('root');
  if (root === null) throw new Error('The page has no #root');
  createRoot(root).render(<StrictMode>{page}</StrictMode>);
}
