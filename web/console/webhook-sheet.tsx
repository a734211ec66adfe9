import { useState } from 'react';
import { useQuery } from 'urql';
import { Copyable } from './copyable.tsx';
import { longTime } from './format.ts';
import { useGateway } from './gateway.ts';
import { type WebhookRowFragment, WebhookSheetDocument, WebhookSubjectDocument } from './generated/documents.ts';
import { RedriveIcon } from './icons.tsx';
import { indented } from './indented.ts';
import { Empty, Notice } from './notice.tsx';
import { problemOf } from './problem.ts';
import { redrive } from './redriving.ts';
import { hrefOf, type Route } from './route.ts';
import { Sheet } from './sheet.tsx';
import { Status } from './status.tsx';
import { unread } from './webhooks.ts';

interface WebhookSheetProps {
  id: string;
  route: Route;
  onClose(): void;
}

/** One webhook as it came, with what the gateway doesn't show hidden in it; it can be read again. */
export function WebhookSheet({ id, route, onClose }: WebhookSheetProps) {
  const { client } = useGateway();
  const [{ data, error, fetching }, again] = useQuery({ query: WebhookSheetDocument, variables: { id } });
  const [subject, askSubject] = useQuery({ query: WebhookSubjectDocument, variables: { id } });
  const [said, setSaid] = useState('');
  const [isRedriving, setRedriving] = useState(false);
  const webhook = data?.webhookEvent;

  async function readAgain(): Promise<void> {
    setRedriving(true);
    const redriven = await redrive(client, id);
    setSaid('webhook' in redriven ? sentenceOf(redriven.webhook) : `${redriven.refusal}.`);
    setRedriving(false);
    again();
    askSubject();
  }

  const resource = subject.data?.webhookEvent?.resource;
  return (
    <Sheet title={webhook?.event ?? 'Webhook'} onClose={onClose}>
      <Copyable text={id} />
      {error && !webhook && <Notice problem={problemOf(error)} scope="webhooks:manage" onRetry={() => again()} />}
      {!error && !webhook && !fetching && (
        <Empty title="Unknown">There is no such webhook, or it is no longer kept.</Empty>
      )}
      {webhook && (
        <>
          <div className="headline">
            <Status of={webhook.outcome} />
          </div>
          {webhook.reason && <p className="reason">{webhook.reason}</p>}
          {unread.has(webhook.outcome) && (
            <div>
              <button
                type="button"
                className="button button-primary"
                disabled={isRedriving}
                onClick={() => void readAgain()}
              >
                <RedriveIcon /> Redrive
              </button>
            </div>
          )}
          <p role="status" className="said">
            {said}
          </p>
          <dl className="facts">
            <Fact name="Received" value={longTime(webhook.receivedAt)} />
            <Fact name="Last delivery" value={webhook.deliveries > 1 ? longTime(webhook.lastReceivedAt) : null} />
            <Fact name="Deliveries" value={webhook.deliveries.toLocaleString()} />
            <Fact name="Read again" value={webhook.attempts > 0 ? `${webhook.attempts} times` : null} />
            <Fact name="Next by itself" value={webhook.retryAt ? longTime(webhook.retryAt) : null} />
            <Fact name="Family" value={webhook.family} />
            <Fact name="Business" value={webhook.businessId} />
            <Fact name="Xendit’s id" value={webhook.webhookId} />
          </dl>
          {resource && (
            <p>
              About <a href={hrefOf({ ...route, open: resource.id })}>{resource.id}</a>
            </p>
          )}
          <section aria-labelledby="body">
            <h3 id="body">Body, redacted</h3>
            <pre className="body">{indented(webhook.body)}</pre>
          </section>
        </>
      )}
    </Sheet>
  );
}

function Fact({ name, value }: { name: string; value: string | null | undefined }) {
  if (!value) return null;
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function sentenceOf({ outcome, reason }: WebhookRowFragment): string {
  return unread.has(outcome) ? `Read again, and it is as before: ${reason ?? outcome}.` : `Read again: ${outcome}.`;
}
