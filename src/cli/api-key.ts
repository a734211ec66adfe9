import type { Command } from 'commander';
import { newApiKey } from '../auth/api-keys.ts';
import { readApiKeys, writeApiKey } from '../model/api-key.ts';
import { type Scope, scopes } from '../model/caller.ts';
import { misused } from './command-error.ts';
import type { Output } from './output.ts';

/** `api-key`: a new key for a caller. It is made here, and no gateway is asked. */
export function addApiKey(program: Command, output: Output): void {
  program
    .command('api-key')
    .description('make a key for a caller, and the entry by which a gateway knows it')
    .argument('<name>', 'whose it is, such as till-1')
    .argument('<scopes>', `what it may do, joined by +, of ${scopes.join(', ')}`)
    .argument('[account]', 'the sub-account in which it acts; your own unless told', '')
    .option('--json', 'print JSON, one document a line, errors too')
    .addHelpText(
      'after',
      `
The key is shown this once; the entry, which is for API_KEYS or API_KEYS_FILE, holds only its hash.

  xendit-graphql api-key shop payments:read+payments:write

Exit codes: 0 made, 2 the command line is wrong.`,
    )
    .action((name: string, granted: string, account: string) => {
      const { key, kept } = newApiKey(name, granted.split('+') as Scope[], account);
      const entry = writeApiKey(kept);
      // What can't be read again was given wrongly.
      const { keys, problems } = readApiKeys(entry, ',');
      if (keys.length !== 1 || problems.length > 0) throw misused(problems[0] ?? 'name can not begin so');
      output.tell(`key    ${key}  for the caller, and shown this once`, { key, entry });
      if (!output.isJson) output.tell(`entry  ${entry}  for API_KEYS or API_KEYS_FILE`, {});
    });
}
