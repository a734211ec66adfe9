import { useRef, useState } from 'react';
import { explorerLink } from '../shared/explorer-link.ts';
import { ArrowIcon, CheckIcon, CopyIcon } from '../shared/icons.tsx';
import { Code } from './code.tsx';

interface OperationProps {
  query: string;
  variables: object;
  /** Whether there is an explorer to open it in. */
  hasExplorer: boolean;
}

/** An operation as it is sent, to be copied and to be opened in the explorer. */
export function Operation({ query, variables, hasExplorer }: OperationProps) {
  const name = /\w+ (\w+)/.exec(query)?.[1];
  const written = Object.keys(variables).length === 0 ? '' : JSON.stringify(variables, null, 2);
  const text = useRef<HTMLPreElement>(null);
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(query);
      setCopied(true);
    } catch {
      // Where the browser doesn't let a page copy, its reader can.
      if (text.current) getSelection()?.selectAllChildren(text.current);
    }
  };
  return (
    <figure className="operation">
      <figcaption>
        <span className="operation-name">{name}</span>
        <button type="button" onClick={copy} aria-label={`${isCopied ? 'Copied' : 'Copy'} ${name}`}>
          {isCopied ? <CheckIcon /> : <CopyIcon />}
          {isCopied ? 'Copied' : 'Copy'}
        </button>
        {hasExplorer && (
          <a href={explorerLink({ query, variables: written })} aria-label={`Open in explorer: ${name}`}>
            Open in explorer
            <ArrowIcon />
          </a>
        )}
      </figcaption>
      <Code ref={text} label={`The operation ${name}`} text={query.trim()} />
      {written !== '' && <Code label={`The variables of ${name}`} text={written} />}
    </figure>
  );
}
