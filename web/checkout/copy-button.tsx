import { useEffect, useState } from 'react';
import { CheckIcon, CopyIcon } from './icons.tsx';
import { useLanguage } from './language.tsx';

const shownMs = 2_000;

/** Copies a text. @property what it is, in the page's language */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const { words } = useLanguage();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), shownMs);
    return () => clearTimeout(timer);
  }, [isCopied]);
  // Only pages that came encrypted, or from this machine, may write there.
  if (navigator.clipboard === undefined) return null;
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => undefined,
    );
  return (
    <>
      <button type="button" className="copy" aria-label={words.copy(what)} title={words.copy(what)} onClick={copy}>
        {isCopied ? <CheckIcon /> : <CopyIcon />}
      </button>
      <span className="unseen" role="status">
        {isCopied ? words.copied : ''}
      </span>
    </>
  );
}
