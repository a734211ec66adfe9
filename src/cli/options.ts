import { type Command, InvalidArgumentError, Option } from 'commander';

/** What every command takes. */
export interface CommonOptions {
  json?: true;
}

/** What every command takes that speaks to a gateway. */
export interface GatewayOptions extends CommonOptions {
  url: string;
  token?: string;
}

export function withJson(command: Command): Command {
  return command.option('--json', 'print JSON, one document a line, errors too');
}

export function withGateway(command: Command): Command {
  return withJson(command)
    .addOption(
      new Option('--url <url>', 'the gateway')
        .env('XENDIT_GRAPHQL_URL')
        .default('http://localhost:4000')
        .argParser((text) => webUrl(text).replace(/\/graphql$/, '')),
    )
    .addOption(
      new Option('--token <token>', 'who you are, where the gateway tells callers apart: a JWT or an API key').env(
        'XENDIT_GRAPHQL_TOKEN',
      ),
    );
}

/** A reader of options that are whole numbers within two others. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const isWithin = /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;
    if (!isWithin) throw new InvalidArgumentError(`It must be a whole number within ${least} and ${most}.`);
    return Number(text);
  };
}

/** Reads a URL of the web, and leaves out what it ends with in slashes. */
export function webUrl(text: string): string {
  const { protocol } = URL.parse(text) ?? {};
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new InvalidArgumentError('It must be a URL that begins with http:// or https://.');
  return text.replace(/\/+$/, '');
}

/** A reader of options that may be given more than once. */
export function listOf<T>(read: (text: string) => T): (text: string, before: T[] | undefined) => T[] {
  return (text, before = []) => [...before, read(text)];
}

/** Reads an amount: decimal text, which no number is made of, lest a digit is lost. */
export function decimal(text: string): string {
  if (!/^\d{1,20}(\.\d{1,10})?$/.test(text))
    throw new InvalidArgumentError('It must be a decimal number, such as 15000.');
  return text;
}
