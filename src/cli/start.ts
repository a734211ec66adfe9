import type { Command } from 'commander';

/** `start`: the gateway itself, as `npm start` runs it. */
export function addStart(program: Command): void {
  program
    .command('start')
    .description('start the gateway; it is configured by the environment, and needs nothing to play with the sandbox')
    .option('--json', 'say where it is reached as one line of JSON')
    .addHelpText(
      'after',
      `
Without XENDIT_SECRET_KEY a sandbox plays Xendit on port 4010, and without DATABASE_URL an embedded database keeps everything
in ./data. Every variable stands in docs/configuration.md; \`doctor\` looks whether what they name is there. The log goes to standard error.

Exit codes: 0 told to stop, 1 it could not start or stop, 2 the environment is wrong.`,
    )
    .action(async () => void (await import('../main.ts')));
}
