/** What a process of the command line ends with. */
export const exitCodes = { done: 0, failed: 1, misused: 2 };

/** Why a command could not do what it was asked, in a sentence that says what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** The gateway's own code where it gave one; UNREACHABLE, MISUSED and the like otherwise. */
  readonly code: string;
  readonly exitCode: number;

  constructor(code: string, message: string, exitCode = exitCodes.failed) {
    super(message);
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** The command line itself is wrong. Nothing was done. */
export function misused(message: string): CommandError {
  return new CommandError('MISUSED', message, exitCodes.misused);
}

/** The last of the causes of a failed `fetch`, which itself says no more than that it failed. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return reasonOf(error.cause);
  const { code } = error as { code?: unknown };
  return error.message || (typeof code === 'string' ? code : error.name);
}
