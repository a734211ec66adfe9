import { useEffect } from 'react';
import type { Fault } from './fault.ts';
import { AlertIcon } from './icons.tsx';
import { useLanguage } from './language.tsx';

export interface NoticeProps {
  title: string;
  text: string;
  tone: 'quiet' | 'warn' | 'bad';
}

/** Something that the payer has to know. */
export function Notice({ title, text, tone }: NoticeProps) {
  return (
    <div className={`notice ${tone}`} role={tone === 'quiet' ? 'status' : 'alert'}>
      {tone !== 'quiet' && <AlertIcon />}
      <div>
        <h2>{title}</h2>
        <p>{text}</p>
      </div>
    </div>
  );
}

/** Why nothing can be shown. */
export function Problem({ fault }: { fault: Fault }) {
  const { words } = useLanguage();
  const { title, text } = words.faults[fault];
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <div className="card alone">
      <h1 className="unseen">{words.checkout}</h1>
      <Notice title={title} text={text} tone="warn" />
    </div>
  );
}
