import type { Client } from 'graphql-ws';
import { useState } from 'react';
import { useMutation } from 'urql';
import { newQrCode, newReference, texts } from '../examples/examples.ts';
import { CreateQrCodeDocument, PayQrCodeDocument } from '../examples/generated/documents.ts';
import type { About } from '../shared/about.ts';
import { ChangeList } from './change-list.tsx';
import { money } from './money.ts';
import { problemOf } from './problem.ts';
import { QrCodeCard } from './qr-code-card.tsx';
import { Step } from './step.tsx';
import { useWatching } from './use-watching.ts';

interface ThreeStepsProps {
  about: About;
  /** Whether the gateway is open, or a token was given. */
  mayTry: boolean;
  /** For subscriptions. */
  socket: Client;
}

/** Create a code, watch it, pay it: each with a button that does it. */
export function ThreeSteps({ about, mayTry, socket }: ThreeStepsProps) {
  const [externalId, setExternalId] = useState(newReference);
  return (
    <section aria-labelledby="try" className="try">
      <div className="section-title">
        <h2 id="try">Three things to try</h2>
        <button type="button" disabled={!mayTry} onClick={() => setExternalId(newReference())}>
          Start over
        </button>
      </div>
      <Steps key={externalId} {...{ about, mayTry, socket, externalId }} />
    </section>
  );
}

function Steps({ about, mayTry, socket, externalId }: ThreeStepsProps & { externalId: string }) {
  const hasExplorer = about.pages.includes('graphiql');
  const input = newQrCode(externalId);

  const [creating, create] = useMutation(CreateQrCodeDocument);
  const created = creating.data?.createQrCode;
  const made = created?.__typename === 'CreateQrCodePayload' ? created : undefined;

  const [isWatching, setWatching] = useState(false);
  const watching = useWatching(socket, externalId, isWatching);
  const isComplete = watching.state === 'complete';

  const [paying, pay] = useMutation(PayQrCodeDocument);
  const paid = paying.data?.simulateQrPayment;
  const payment = paid?.__typename === 'SimulateQrPaymentPayload' ? paid.qrPayment : undefined;

  return (
    <ol className="steps">
      <Step
        number={1}
        title="Create a QR code"
        button={{
          label: creating.fetching ? 'Creating…' : made ? 'Created' : 'Create a QR code',
          isDisabled: !mayTry || creating.fetching || made !== undefined,
          onClick: () => void create({ input }),
        }}
        isDone={made !== undefined}
        result={made && <QrCodeCard made={made} hasCheckout={about.pages.includes('checkout')} />}
        problem={problemOf(creating.error, made ? undefined : created)}
        operation={{ query: texts.createQrCode, variables: { input } }}
        hasExplorer={hasExplorer}
      >
        A QRIS code of fifteen thousand rupiah, {about.mode === 'test' ? 'made by Xendit in test mode' : 'made here'}.
        Sent twice with the same key it is made once.
      </Step>
      <Step
        number={2}
        title="Watch it"
        button={{
          label: isComplete ? 'Watched' : isWatching ? 'Stop watching' : 'Watch it',
          isDisabled: made === undefined || isComplete,
          onClick: () => setWatching(!isWatching),
        }}
        isDone={isComplete}
        result={isWatching && <ChangeList {...watching} />}
        problem={watching.problem}
        operation={{ query: texts.watchQrCode, variables: { externalId } }}
        hasExplorer={hasExplorer}
      >
        A subscription over WebSocket. It begins with the present and tells each change once, in order.
      </Step>
      <Step
        number={3}
        title="Pay it"
        button={{
          label: paying.fetching ? 'Paying…' : payment ? 'Paid' : 'Pay it',
          isDisabled: made === undefined || paying.fetching || payment !== undefined,
          onClick: () => void pay({ externalId }),
        }}
        isDone={payment !== undefined}
        result={payment && <p className="paid">{payment.amount && money(payment.amount)} paid with play money.</p>}
        problem={problemOf(paying.error, payment ? undefined : paid)}
        operation={{ query: texts.payQrCode, variables: { externalId } }}
        hasExplorer={hasExplorer}
      >
        With play money, as a payer’s wallet would. Whoever watches is told at once.
      </Step>
    </ol>
  );
}
