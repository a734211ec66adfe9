import type { About } from './about.ts';
import icon from './icon.svg';
import { ModeBadge } from './mode-badge.tsx';
import './top-bar.css';

const places = [
  { page: 'start', href: '/', name: 'Start' },
  { page: 'graphiql', href: '/graphiql', name: 'Explorer' },
  { page: 'console', href: '/console', name: 'Console' },
] as const;

interface TopBarProps {
  about: Pick<About, 'mode' | 'pages'>;
  here: (typeof places)[number]['page'];
}

/** What stands above each of the merchant's pages: whose they are, the mode, and the others that are served. */
export function TopBar({ about, here }: TopBarProps) {
  return (
    <header className="top-bar">
      <a className="brand" href="/">
        <img src={icon} alt="" width="24" height="24" />
        Xendit GraphQL
      </a>
      <ModeBadge mode={about.mode} />
      <nav aria-label="Pages">
        {places
          .filter(({ page }) => about.pages.includes(page))
          .map(({ page, href, name }) => (
            <a key={page} href={href} aria-current={page === here ? 'page' : undefined}>
              {name}
            </a>
          ))}
      </nav>
    </header>
  );
}
