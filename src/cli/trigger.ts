import { setTimeout as pause } from 'node:timers/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { accountPattern } from '../model/account.ts';
import { type Json, type JsonObject, parseJson } from '../model/json.ts';
import { type CallbackTokenOptions, callbackTokenFor, callbackTokenOption } from './callback-token.ts';
import { CommandError, exitCodes, misused } from './command-error.ts';
import { type Answered, deliver } from './delivering.ts';
import { decimal, type GatewayOptions, listOf, webUrl, wholeNumber, withGateway } from './options.ts';
import type { Output } from './output.ts';
import { startProgress } from './progress.ts';
import { type SampleName, sampleNames } from './sample-kinds.ts';
import { makeSamples, type Sample } from './samples.ts';
import { shuffled } from './shuffle.ts';

interface TriggerOptions extends GatewayOptions, CallbackTokenOptions {
  list?: true;
  print?: true;
  to?: string;
  id?: string;
  amount?: string;
  reference?: string;
  account: string;
  qrApi: 'v1' | 'v2';
  set?: (readonly [string, Json])[];
  duplicate: number;
  shuffle?: true;
  live?: true;
  delay: number;
  concurrency: number;
}

/** `trigger`: sends webhooks as Xendit would, about resources that never were. */
export function addTrigger(program: Command, output: Output): void {
  withGateway(program.command('trigger'))
    .description('send webhooks as Xendit would: right token, fresh ids, made-up resources')
    .argument('[event...]', 'names of events, sent in this order about the same resource')
    .option('--list', 'list the events instead')
    .option('--print', 'print the bodies instead of sending them')
    .option('--to <url>', 'where to; the gateway’s /webhooks/xendit unless told', webUrl)
    .addOption(callbackTokenOption())
    .option('--account <id>', 'the sub-account whose news it is', readAccount, '')
    .option('--id <id>', 'the id of the resource that the first event is about')
    .option('--amount <amount>', 'in major units', decimal)
    .option('--reference <name>', 'the merchant’s own name: reference_id, or external_id of a QR code')
    .addOption(
      new Option('--qr-api <version>', 'of the QR product, for qr.payment').choices(['v1', 'v2']).default('v1'),
    )
    .option(
      '--set <path=value>',
      'another field of the resource, such as status=EXPIRED; may be repeated',
      listOf(readSet),
    )
    .option('--duplicate <n>', 'send each this often', wholeNumber(1, 1_000_000), 1)
    .option('--shuffle', 'mix the order of all that is sent')
    .option('--delay <ms>', 'wait between two of them', wholeNumber(0, 3_600_000), 0)
    .option('--concurrency <n>', 'send this many at once, in no certain order', wholeNumber(1, 256), 1)
    .option('--live', 'do it although XENDIT_SECRET_KEY is a live one: what is sent is kept among real payments')
    .addHelpText(
      'after',
      `
  xendit-graphql trigger qr.payment --reference order-1 --amount 15000
  xendit-graphql trigger payment.authorization payment.capture --duplicate 3 --shuffle
  xendit-graphql trigger payment.capture --to http://localhost:3000/webhook

Exit codes: 0 all were acknowledged, 1 one was not, 2 the command line is wrong.`,
    )
    .action(async (events: string[], options: TriggerOptions) => {
      if (options.list) for (const event of sampleNames) output.tell(event, { event });
      else await trigger(events.map(readEvent), options, output);
    });
}

function readEvent(text: string): SampleName {
  const event = sampleNames.find((name) => name === text);
  if (event === undefined) throw misused(`There is no event ${JSON.stringify(text)}: \`trigger --list\` lists them`);
  return event;
}

function readAccount(text: string): string {
  if (!accountPattern.test(text))
    throw new InvalidArgumentError('It must be made of letters, digits, hyphens and underscores.');
  return text;
}

/** A value that isn't JSON is text. */
function readSet(text: string): readonly [string, Json] {
  const [, path, value = ''] = /^([\w.]+)=(.*)$/s.exec(text) ?? [];
  if (path === undefined) throw new InvalidArgumentError('It must be written path=value.');
  try {
    return [path, parseJson(value)];
  } catch {
    return [path, value];
  }
}

async function trigger(events: SampleName[], options: TriggerOptions, output: Output): Promise<void> {
  if (events.length === 0) throw misused('Name an event, such as qr.payment: `trigger --list` lists them');
  const samples = makeSamples(events, { ...options, set: options.set ?? [] }, Date.now());
  const each = samples.flatMap((sample) => Array.from({ length: options.duplicate }, () => sample));
  const line = options.shuffle ? shuffled(each) : each;
  if (options.print) {
    for (const body of line.map((sample) => sample.bodyAt(Date.now())))
      output.tell(body, parseJson(body) as JsonObject);
    return;
  }
  if (process.env.XENDIT_SECRET_KEY?.startsWith('xnd_production_') && !options.live)
    throw misused(
      'XENDIT_SECRET_KEY is a live one, and made-up payments would be kept among real ones: say --live if you mean it',
    );
  if (options.to === undefined && !options.live && (await isLive(options.url)))
    throw misused(
      `${options.url} is live, and made-up payments would be kept among real ones: say --live if you mean it`,
    );
  await sendAll(line, options, output);
}

/** A gateway that can't be asked is found out about when it is sent something. */
async function isLive(url: string): Promise<boolean> {
  const about = await fetch(`${url}/about`)
    .then((answer) => answer.json())
    .catch(() => undefined);
  return (about as { mode?: unknown } | undefined)?.mode === 'live';
}

async function sendAll(line: Sample[], options: TriggerOptions, output: Output): Promise<void> {
  const { to, url, account, delay, concurrency } = options;
  const address = to ?? `${url}/webhooks/xendit${account === '' ? '' : `/${account}`}`;
  const callbackToken = callbackTokenFor(options, [address], account);
  const progress = startProgress('sent', line.length, output);
  const counts = new Map<string, number>();
  let problem: string | undefined;
  const send = async (sample: Sample) => {
    const body = sample.bodyAt(Date.now());
    const answer = await deliver({ url: address, callbackToken, webhookId: sample.webhookId, body });
    if (answer.status === undefined) throw unreachable(address, answer, counts.size > 0);
    problem ??= answer.problem;
    const word = `${answer.status} ${answer.outcome ?? answer.problem ?? ''}`.trimEnd();
    counts.set(word, (counts.get(word) ?? 0) + 1);
    if (!progress.isShown) tell(output, sample, answer, word);
    progress.step();
  };
  let next = 0;
  const work = async () => {
    for (let sample = line[next++]; sample !== undefined; sample = line[next++]) {
      await send(sample).catch((error: unknown) => {
        next = line.length; // Nobody else has to find out.
        throw error;
      });
      if (delay > 0 && next < line.length) await pause(delay);
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, work));
  } finally {
    progress.stop();
  }
  if (progress.isShown) for (const [word, count] of counts) output.tell(`${count} × ${word}`, {});
  if (problem === undefined) return;
  process.exitCode = exitCodes.failed;
  output.remark(`Not all were acknowledged: ${problem}. The token is --callback-token or XENDIT_CALLBACK_TOKENS.`);
}

function tell(output: Output, { event, id, webhookId }: Sample, answer: Answered, word: string): void {
  const { status, outcome, eventId, problem } = answer;
  output.tell(`${event}  ${id}  ${word}${eventId === undefined ? '' : `  ${eventId}`}`, {
    event,
    id,
    webhookId,
    status,
    outcome,
    eventId,
    problem,
  });
}

function unreachable(url: string, { problem }: Answered, wasThere: boolean): CommandError {
  const nobody = `Nobody answers at ${url}${wasThere ? ' any more' : ''} (${problem})`;
  const advice = 'start the gateway with `xendit-graphql start`, or name another address with --to or --url';
  return new CommandError('UNREACHABLE', `${nobody}: ${advice}`);
}
