import { Command } from 'commander';
import { addStart } from './start.ts';

/** Runs what the command line asks for. */
export async function run(argv: readonly string[]): Promise<void> {
  const program = new Command('xendit-graphql').description("A GraphQL gateway over Xendit's payment APIs.");
  addStart(program);
  await program.parseAsync(argv);
}
