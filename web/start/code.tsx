import type { RefObject } from 'react';

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
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and has to by keyboard too
    <section className="code" tabIndex={0} aria-label={label}>
      <pre ref={ref}>{text}</pre>
    </section>
  );
}
