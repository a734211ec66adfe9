import { DOC_EXPLORER_PLUGIN } from '@graphiql/plugin-doc-explorer';
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { GraphiQL } from 'graphiql';
import { useEffect, useRef, useState } from 'react';
import type { About } from '../shared/about.ts';
import { keepToken } from '../shared/token.ts';
import { createFetcher, startingHeaders, tokenIn } from './fetcher.ts';
import { mendTabs } from './tab-list.ts';
import { startingTabs } from './tabs.ts';

interface ExplorerProps {
  about: About;
  /** By which the contract is asked for; empty without one. */
  token: string;
  onToken(token: string): void;
}

/** GraphiQL on this gateway, with the headers editor as the field for a token. */
export function Explorer({ about, token, onToken }: ExplorerProps) {
  const [{ fetcher, headers, first, tabs, showsDocumentation }] = useState(() => ({
    fetcher: createFetcher(),
    headers: startingHeaders(),
    ...startingTabs(about),
  }));
  useEffect(mendTabs, []);
  const rememberToken = (written: string) => {
    const given = tokenIn(written);
    // A tab that comes to be seen shows its headers too: only who writes gives a token.
    if (given === undefined || document.activeElement?.closest('.graphiql-editor-tool') == null) return;
    keepToken(given);
    onToken(given);
  };
  return (
    <GraphiQL
      fetcher={fetcher}
      {...(!about.introspection && { schema: null })}
      defaultTabs={tabs}
      {...(first && { initialQuery: first.query, initialVariables: first.variables })}
      {...(showsDocumentation && { visiblePlugin: DOC_EXPLORER_PLUGIN })}
      defaultHeaders={headers}
      defaultEditorToolsVisibility={about.isOpen || token !== '' ? 'variables' : 'headers'}
      onEditHeaders={rememberToken}
      // Both would keep tokens for longer than this tab of the browser is open.
      plugins={[]}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo> </GraphiQL.Logo>
      <SchemaFor token={token} />
      <SystemTheme />
    </GraphiQL>
  );
}

/** How long after a token was written the contract is asked for by it, in milliseconds. */
const pauseMs = 800;

function SchemaFor({ token }: { token: string }) {
  const { introspect } = useGraphiQLActions();
  const askedWith = useRef(token);
  useEffect(() => {
    if (askedWith.current === token) return;
    const asking = setTimeout(() => {
      askedWith.current = token;
      void introspect();
    }, pauseMs);
    return () => clearTimeout(asking);
  }, [token, introspect]);
  return null;
}

/** GraphiQL looks once which colours the system has; they may change, as by night. */
function SystemTheme() {
  const { setTheme } = useGraphiQLActions();
  const theme = useGraphiQL((state) => state.theme);
  useEffect(() => {
    if (theme !== null) return;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const follow = () => setTheme(null);
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  }, [theme, setTheme]);
  return null;
}
