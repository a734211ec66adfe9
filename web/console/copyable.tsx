import { useState } from 'react';
import { CheckIcon, CopyIcon } from './icons.tsx';

/** An id, with a button that copies it. */
export function Copyable({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard?.writeText(text).then(() => setCopied(true));
  };
  return (
    <p className="identity">
      <code>{text}</code>
      <button type="button" className="icon-button" onClick={copy} onBlur={() => setCopied(false)}>
        {isCopied ? <CheckIcon /> : <CopyIcon />}
        <span className="hidden">{isCopied ? 'Copied' : 'Copy'}</span>
      </button>
    </p>
  );
}
