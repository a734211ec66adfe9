import { type Command, InvalidArgumentError } from 'commander';
import { type Outcome, unreadOutcomes } from '../model/report.ts';
import { type CallbackTokenOptions, callbackTokenFor, callbackTokenOption } from './callback-token.ts';
import { exitCodes, misused } from './command-error.ts';
import { createForwarding, describeForwarded, type Forward, type Forwarded } from './forwarding.ts';
import { createGatewayClient } from './gateway-client.ts';
import { type InboxEvent, watchInbox } from './inbox.ts';
import { type GatewayOptions, listOf, webUrl, wholeNumber, withGateway } from './options.ts';
import type { Output } from './output.ts';
import { openReceiver, type ReceivedWebhook } from './receiver.ts';

interface ListenOptions extends GatewayOptions, CallbackTokenOptions {
  history: number;
  event?: string;
  outcome?: Outcome[];
  every: number;
  follow: boolean;
  body?: true;
  forwardTo?: string[];
  retries: number;
  retryPause: number;
  port?: number;
}

/** `listen`: shows webhooks as they come, and passes them on. */
export function addListen(program: Command, output: Output): void {
  withGateway(program.command('listen'))
    .description('show webhooks as they come, and forward them to a server of yours')
    .option('--history <n>', 'tell the last ones first', wholeNumber(0, 10_000), 0)
    .option('--no-follow', 'end once these are told')
    .option('--event <name>', 'only those, such as qr.payment')
    .option(
      '--outcome <outcome>',
      'only what became APPLIED, DUPLICATE, STALE, UNRECOGNISED, QUARANTINED or FAILED; may be repeated',
      listOf(readOutcome),
    )
    .option('--every <ms>', 'how often the gateway is asked', wholeNumber(50, 600_000), 1_000)
    .option('--body', 'print the bodies too')
    .option('--forward-to <url>', 'forward each to this address, in order; may be repeated', listOf(webUrl))
    .option('--retries <n>', 'how often one that is not acknowledged is sent again', wholeNumber(0, 20), 3)
    .option(
      '--retry-pause <ms>',
      'before the first time; each later pause is twice the one before',
      wholeNumber(0, 60_000),
      500,
    )
    .addOption(callbackTokenOption())
    .option(
      '--port <port>',
      'take webhooks on this port in the gateway’s place; 0 picks a free one',
      wholeNumber(0, 65_535),
    )
    .addHelpText(
      'after',
      `
Without --port it asks the gateway for what it took in, which misses nothing while either is away. The gateway hides personal
data, so that what is forwarded has [redacted] in its place. Needs the scope webhooks:manage.

With --port it is itself where webhooks come, from Xendit through a tunnel or from \`trigger --to\`, and forwards them to the
byte, with their own token. With --callback-token others are refused. Xendit gets 200 once every address of --forward-to has
acknowledged, and 502 otherwise, so that it sends the webhook again. Name your gateway too and it goes on as before:

  xendit-graphql listen --history 20
  xendit-graphql listen --forward-to http://localhost:3000/webhook
  xendit-graphql listen --port 4040 --forward-to http://localhost:4000/webhooks/xendit --forward-to http://localhost:3000/webhook

Ctrl-C ends it. Exit codes: 0 ended, 1 the gateway is not there or something could not be forwarded, 2 the command line is wrong.`,
    )
    .action((options: ListenOptions) => listen(options, output));
}

const outcomes: readonly Outcome[] = ['APPLIED', 'DUPLICATE', 'STALE', ...unreadOutcomes];

function readOutcome(text: string): Outcome {
  const outcome = outcomes.find((one) => one === text.toUpperCase());
  if (outcome === undefined) throw new InvalidArgumentError(`It must be one of ${outcomes.join(', ')}.`);
  return outcome;
}

async function listen(options: ListenOptions, output: Output): Promise<void> {
  const ending = new AbortController();
  const { signal } = ending;
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ending.abort());
  const forward = createForwarding({
    urls: options.forwardTo ?? [],
    retries: options.retries,
    retryMs: options.retryPause,
    signal,
  });
  if (options.port === undefined) await tellInbox(options, forward, signal, output);
  else await takeIn(options.port, options, forward, signal, output);
}

async function tellInbox(options: ListenOptions, forward: Forward, signal: AbortSignal, output: Output): Promise<void> {
  const callbackToken = callbackTokenFor(options, options.forwardTo ?? []);
  const events = watchInbox(createGatewayClient(options), {
    filter: { event: options.event, outcomes: options.outcome },
    history: options.history,
    everyMs: options.every,
    follows: options.follow,
    signal,
    onAway: (reason) => output.remark(`${reason}; it is asked again`),
  });
  if (options.follow) output.remark(`listening to ${options.url}; Ctrl-C ends it`);
  for await (const event of events) {
    const { webhookId, body } = event;
    const forwarded = await forward({ callbackToken, webhookId: webhookId ?? undefined, body });
    if (signal.aborted) return;
    tellEvent(event, forwarded, options, output);
  }
}

function tellEvent(event: InboxEvent, forwarded: Forwarded[], { body }: ListenOptions, output: Output): void {
  const times = event.deliveries === 1 ? '' : `  ${event.deliveries} times`;
  const reason = event.reason === null ? '' : `: ${event.reason}`;
  const line = `${event.lastReceivedAt}  ${event.event ?? '(unread)'}  ${event.id}  ${event.outcome}${reason}${times}`;
  output.tell(line, { ...event, forwarded });
  if (body && !output.isJson) output.tell(event.body, {});
  tellForwarded(forwarded, output);
}

function tellForwarded(forwarded: Forwarded[], output: Output): void {
  if (forwarded.some(({ isAcknowledged }) => !isAcknowledged)) process.exitCode = exitCodes.failed;
  if (!output.isJson) for (const one of forwarded) output.tell(`  ${describeForwarded(one)}`, one);
}

async function takeIn(
  port: number,
  options: ListenOptions,
  forward: Forward,
  signal: AbortSignal,
  output: Output,
): Promise<void> {
  const { history, event, outcome, follow, callbackToken } = options;
  if (history > 0 || event !== undefined || outcome !== undefined || !follow)
    throw misused('--history, --no-follow, --event and --outcome ask the gateway: leave them out with --port');
  const receiver = await openReceiver({
    port,
    callbackToken,
    async onWebhook(webhook) {
      const forwarded = await forward(webhook);
      if (signal.aborted) return false;
      tellWebhook(webhook, forwarded, options, output);
      return forwarded.every(({ isAcknowledged }) => isAcknowledged);
    },
  });
  output.tell(`ready  ${receiver.url}  takes webhooks at any path; Ctrl-C ends it`, { ready: receiver.url });
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  await receiver.close();
}

function tellWebhook(webhook: ReceivedWebhook, forwarded: Forwarded[], options: ListenOptions, output: Output): void {
  const { event, webhookId } = webhook;
  const body = new TextDecoder().decode(webhook.body);
  const receivedAt = new Date().toISOString();
  output.tell(`${receivedAt}  ${event ?? '(unread)'}${webhookId === undefined ? '' : `  ${webhookId}`}`, {
    event,
    webhookId,
    receivedAt,
    body,
    forwarded,
  });
  if (options.body && !output.isJson) output.tell(body, {});
  tellForwarded(forwarded, output);
}
