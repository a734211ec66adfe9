import { type ReactNode, useEffect, useId, useRef } from 'react';
import { CloseIcon } from './icons.tsx';
import './sheet.css';

interface SheetProps {
  title: ReactNode;
  onClose(): void;
  children: ReactNode;
}

/**
 * Lies over the view at its side, or over all of it on a phone; Escape or a click beside it closes it, the latter where the
 * browser knows `closedby`.
 */
export function Sheet({ title, onClose, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} className="sheet" aria-labelledby={heading} closedby="any" onClose={onClose}>
      <div className="sheet-content">
        <header className="sheet-head">
          <h2 id={heading}>{title}</h2>
          <button type="button" className="icon-button" aria-label="Close" onClick={() => dialog.current?.close()}>
            <CloseIcon />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
