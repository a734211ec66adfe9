import type { About } from '../shared/about.ts';
import { documentation } from '../shared/explorer-link.ts';
import { ArrowIcon } from '../shared/icons.tsx';

/** Where each thing is reached, and the other pages. */
export function Addresses({ about }: { about: About }) {
  const { origin } = location;
  const socketOrigin = origin.replace(/^http/, 'ws');
  const addresses = [
    { name: 'GraphQL', address: `${origin}/graphql`, words: 'queries and mutations, by POST' },
    { name: 'WebSocket', address: `${socketOrigin}/graphql`, words: 'subscriptions, as graphql-transport-ws' },
    {
      name: 'Server-sent events',
      address: `${origin}/graphql/stream`,
      words: 'subscriptions where no WebSocket gets through',
    },
    { name: 'Webhooks', address: `${origin}/webhooks/xendit`, words: 'what Xendit calls' },
    { name: 'Health', address: `${origin}/health/ready`, words: '200 while it can do its work' },
  ];
  const places = [
    {
      page: 'graphiql',
      href: '/graphiql',
      name: 'Explorer',
      words: 'Write operations, with suggestions and examples.',
    },
    { page: 'console', href: '/console', name: 'Console', words: 'Live activity, webhooks, budgets and charts.' },
    {
      page: 'graphiql',
      href: `/graphiql${documentation}`,
      name: 'Documentation',
      words: 'Every type and field of the contract, beside the explorer.',
    },
  ].filter(({ page }) => about.pages.includes(page));
  return (
    <>
      {places.length > 0 && (
        <section aria-labelledby="further">
          <h2 id="further">Go further</h2>
          <ul className="places">
            {places.map(({ href, name, words }) => (
              <li key={href}>
                <a href={href}>
                  {name}
                  <ArrowIcon />
                </a>
                <p className="quiet">{words}</p>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="addresses">
        <h2 id="addresses">Addresses</h2>
        <dl className="addresses">
          {addresses.map(({ name, address, words }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <code>{address}</code>
                <span className="quiet">{words}</span>
              </dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  );
}
