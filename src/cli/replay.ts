import type { Command } from 'commander';
import { exitCodes } from './command-error.ts';
import { createGatewayClient, type Failed, isFailed } from './gateway-client.ts';
import { type GatewayOptions, withGateway } from './options.ts';
import type { Output } from './output.ts';
import { startProgress } from './progress.ts';

/** `replay`: has the gateway read webhooks again. */
export function addReplay(program: Command, output: Output): void {
  withGateway(program.command('replay'))
    .description('have webhooks read again of which nothing could be made so far')
    .argument(
      '<id...>',
      'ids of webhook events, `wh_…`, as `listen --history 20 --outcome FAILED --no-follow` shows them',
    )
    .addHelpText(
      'after',
      `
Only a webhook that is UNRECOGNISED, QUARANTINED or FAILED can be read again; it takes effect once, as if it had just
arrived, and its outcome may be what it was. Needs the scope webhooks:manage.

Exit codes: 0 all were read again, 1 one was not or the gateway is away, 2 the command line is wrong.`,
    )
    .action(async (ids: string[], options: GatewayOptions) => {
      const gateway = createGatewayClient(options);
      const progress = startProgress('replayed', ids.length, output);
      try {
        for (const id of ids) {
          const { redriveWebhookEvent } = await gateway.ask<Redriven>(redrive, { id });
          tell(output, id, redriveWebhookEvent);
          progress.step();
        }
      } finally {
        progress.stop();
      }
    });
}

interface Redriven {
  redriveWebhookEvent:
    | Failed
    | { webhookEvent: { id: string; event: string | null; outcome: string; reason: string | null } };
}

const redrive = `mutation ($id: ID!) {
  redriveWebhookEvent(id: $id) {
    ... on RedriveWebhookEventPayload { webhookEvent { id event outcome reason attempts } }
    ... on Failure { code message }
  }
}`;

function tell(output: Output, id: string, result: Redriven['redriveWebhookEvent']): void {
  if (isFailed(result)) {
    process.exitCode = exitCodes.failed;
    const { code, message } = result;
    output.tell(`${id}  ${code}: ${message}`, { id, error: { code, message } });
    return;
  }
  const { event, outcome, reason } = result.webhookEvent;
  output.tell(`${id}  ${event ?? '(unread)'}  ${outcome}${reason === null ? '' : `: ${reason}`}`, result.webhookEvent);
}
