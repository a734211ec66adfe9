import type { RefObject } from 'react';
import { Scrollable } from '../shared/scrollable.tsx';

interface CodeProps {
  /** What it is, for those who hear the page. */
  label: string;
  text: string;
  /** What holds the text. */
  ref?: RefObject<HTMLPreElement | null>;
}

/** Text as it is written, which may be longer than its place. */
export function Code({ label, text, ref }: CodeProps) {
  return (
    <Scrollable className="code" label={label}>
      <pre ref={ref}>{text}</pre>
    </Scrollable>
  );
}
