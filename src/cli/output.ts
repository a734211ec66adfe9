import { printable } from '../model/printable.ts';
import { CommandError, exitCodes } from './command-error.ts';

/** Where a command says what came of it. */
export interface Output {
  isJson: boolean;
  /** One result on standard output: a line for people, or one of JSON. */
  tell(line: string, json: object): void;
  /** Something beside the results, on standard error; only for people. */
  remark(line: string): void;
}

/** @param isJson whether what reads it is a program. */
export function createOutput(isJson: boolean): Output {
  return {
    isJson,
    tell: (line, json) => console.log(printable(isJson ? JSON.stringify(json) : line)),
    remark: (line) => {
      if (!isJson) console.error(printable(line));
    },
  };
}

/** Says why a command failed. @returns the exit code that it ends with. */
export function tellFailure({ isJson, remark }: Output, error: unknown): number {
  const { code, message, exitCode } = toCommandError(error);
  if (isJson) console.log(printable(JSON.stringify({ error: { code, message } })));
  else for (const line of message.split('\n')) remark(line);
  return exitCode;
}

function toCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  return new CommandError('FAILED', error instanceof Error ? error.message : String(error), exitCodes.failed);
}
