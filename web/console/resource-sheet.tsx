import { useCallback, useEffect, useState } from 'react';
import { Copyable } from './copyable.tsx';
import { longTime, money, typeName } from './format.ts';
import { useGateway } from './gateway.ts';
import { readTold, type Shown, type Told } from './history.ts';
import { linksOf } from './links.ts';
import { Empty, Notice } from './notice.tsx';
import type { Problem } from './problem.ts';
import { hrefOf, type Route } from './route.ts';
import { Sheet } from './sheet.tsx';
import { Status } from './status.tsx';
import { StepList } from './step-list.tsx';
import { Timeline } from './timeline.tsx';

interface ResourceSheetProps {
  id: string;
  route: Route;
  onClose(): void;
}

/** One resource as it is now, with all that it went through; it keeps up while it is open. */
export function ResourceSheet({ id, route, onClose }: ResourceSheetProps) {
  const { client, pulse } = useGateway();
  const [told, setTold] = useState<Told>();
  const [problem, setProblem] = useState<Problem>();
  const [isMissing, setMissing] = useState(false);

  const take = useCallback((answer: Awaited<ReturnType<typeof readTold>>) => {
    if (answer === undefined) return setMissing(true);
    if ('code' in answer) return setProblem(answer);
    setProblem(undefined);
    setTold((before) => join(before?.node.id === answer.node.id ? before : undefined, answer));
  }, []);
  const read = useCallback(() => void readTold(client, id).then(take), [client, id, take]);
  useEffect(read, [read]);
  useEffect(
    () => pulse.listen({ onGap: read, onChange: ({ resource }) => resource.id === id && read() }),
    [pulse, id, read],
  );

  const last = told?.steps.at(-1);
  const readOlder = () => last && void readTold(client, id, last.cursor).then(take);
  return (
    <Sheet title={told ? typeName(told.node.__typename) : 'Resource'} onClose={onClose}>
      <Copyable text={id} />
      {problem && !told && <Notice problem={problem} scope="payments:read" onRetry={read} />}
      {isMissing && <Empty title="Unknown">Neither this gateway nor Xendit knows it, or it never changes.</Empty>}
      {!told && !problem && !isMissing && <p role="status">Loading…</p>}
      {told && (
        <>
          <Present node={told.node} status={told.steps[0]?.status} />
          <section aria-labelledby="timeline">
            <h3 id="timeline">Timeline</h3>
            <Timeline steps={told.steps} />
            <StepList steps={told.steps} />
            {told.hasOlder && (
              <button type="button" className="button" onClick={readOlder}>
                Show older
              </button>
            )}
          </section>
          <Links node={told.node} route={route} />
          <p>
            <a href={hrefOf({ view: 'webhooks', filters: { resource: id } })}>Webhooks about it</a>
          </p>
        </>
      )}
    </Sheet>
  );
}

/** What is known together: the newer word on the present, and every step of both once. */
function join(before: Told | undefined, now: Told): Told {
  if (before === undefined) return now;
  const steps = new Map([...before.steps, ...now.steps].map((step) => [step.version, step]));
  const oldest = (told: Told) => told.steps.at(-1)?.version ?? 0;
  return {
    node: now.node,
    steps: [...steps.values()].sort((a, b) => b.version - a.version),
    hasOlder: (oldest(now) < oldest(before) ? now : before).hasOlder,
  };
}

function Present({ node, status }: { node: Shown; status: string | undefined }) {
  const amount = 'capturedAmount' in node ? node.capturedAmount : 'amount' in node ? node.amount : undefined;
  const facts: [name: string, value: string | null | undefined][] = [
    ['Reference', 'referenceId' in node ? node.referenceId : 'externalId' in node ? node.externalId : undefined],
    ['Channel', 'channelCode' in node ? node.channelCode : undefined],
    ['Failed because', 'failureCode' in node ? node.failureCode : undefined],
    ['Xendit’s last word on it', node.xenditStatus],
    ['Created', node.created && longTime(node.created)],
    ['Updated', 'updated' in node && node.updated ? longTime(node.updated) : undefined],
    ['Version', String(node.version)],
  ];
  return (
    <>
      <div className="headline">
        {amount && <span className="amount">{money(amount)}</span>}
        {status && <Status of={status} />}
      </div>
      <dl className="facts">
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name} className="fact">
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </>
  );
}

function Links({ node, route }: { node: Shown; route: Route }) {
  const links = linksOf(node);
  if (links.length === 0) return null;
  return (
    <section aria-labelledby="links">
      <h3 id="links">Linked with</h3>
      <ul className="links">
        {links.map((link) => (
          <li key={link.id}>
            {typeName(link.__typename)}{' '}
            <a href={hrefOf({ ...route, open: link.id })}>
              <code>{link.id}</code>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
