import type { Command } from 'commander';
import { exitCodes } from './command-error.ts';
import { type CommonOptions, wholeNumber, withJson } from './options.ts';
import type { Output } from './output.ts';

interface DoctorOptions extends CommonOptions {
  timeout: number;
}

/** `doctor`: whether a gateway with this environment would do its work, and what to do where it wouldn't. */
export function addDoctor(program: Command, output: Output): void {
  withJson(program.command('doctor'))
    .description('check what a gateway with this environment stands on, and say what to do')
    .option('--timeout <ms>', 'for each answer from elsewhere', wholeNumber(100, 60_000), 5_000)
    .addHelpText(
      'after',
      `
It looks at Node, the configuration, ports, database and migrations, Redis, Xendit and its key (by GET /balance), how callers are
told apart, callback tokens, and whether webhooks arrive at PUBLIC_URL. Nothing is changed or stored by it. That Xendit itself
reaches PUBLIC_URL it can't see: send a test webhook from the dashboard for that.

Exit codes: 0 no problem, though perhaps warnings; 1 a problem, 2 the command line is wrong.`,
    )
    .action(async ({ timeout }: DoctorOptions) => {
      const { examine } = await import('./examine.ts');
      const checks = await examine(process.env, timeout);
      const isWell = checks.every(({ status }) => status !== 'problem');
      if (!isWell) process.exitCode = exitCodes.failed;
      if (output.isJson) output.tell('', { ok: isWell, checks });
      else
        for (const { name, status, found, advice } of checks) {
          output.tell(`${status.padEnd(8)} ${name.padEnd(16)} ${found}`, {});
          if (advice !== undefined) output.tell(`${''.padEnd(25)} → ${advice}`, {});
        }
    });
}
