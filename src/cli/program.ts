import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { addApiKey } from './api-key.ts';
import { exitCodes, misused } from './command-error.ts';
import { addDoctor } from './doctor.ts';
import { addListen } from './listen.ts';
import { createOutput, type Output, tellFailure } from './output.ts';
import { addPay } from './pay.ts';
import { addReplay } from './replay.ts';
import { addStart } from './start.ts';
import { addTrigger } from './trigger.ts';

/** Runs what the command line asks for; the process ends with `exitCode` once nothing is left to do. */
export async function run(argv: readonly string[]): Promise<void> {
  const output = createOutput(argv.includes('--json'));
  // Whoever reads it may leave, as `head` does.
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) =>
    process.exit(code === 'EPIPE' ? 0 : exitCodes.failed),
  );
  try {
    await createProgram(output).parseAsync(argv);
  } catch (error) {
    process.exitCode = isHelp(error) ? exitCodes.done : tellFailure(output, fromCommander(error));
  }
}

function createProgram(output: Output): Command {
  const program = new Command('xendit-graphql')
    .description("A GraphQL gateway over Xendit's payment APIs, and what goes with it.")
    .version(versionOfPackage())
    .exitOverride()
    // Told in one place, in words or as JSON.
    .configureOutput({ outputError: () => undefined })
    .addHelpText(
      'after',
      `
Every command takes --json, and --help tells what else.
Exit codes: 0 done, 1 failed, 2 the command line or the configuration is wrong.`,
    );
  for (const add of [addStart, addListen, addTrigger, addReplay, addPay, addDoctor, addApiKey]) add(program, output);
  return program;
}

function versionOfPackage(): string {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
  return version;
}

function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}

function fromCommander(error: unknown): unknown {
  if (!(error instanceof CommanderError)) return error;
  // Its help has been printed: nothing was asked for.
  if (error.code === 'commander.help') return misused('Say what to do, as in `xendit-graphql start`');
  return misused(error.message.replace(/^error: /, ''));
}
