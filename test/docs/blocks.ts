import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scope } from '../support/database.ts';

export const root = join(import.meta.dirname, '../..');

/**
 * The code blocks of a document, in their order.
 *
 * @param languages what they are written in, each of them: one that no test knows of fails here.
 */
export async function readBlocks(path: string, ...languages: string[]): Promise<string[]> {
  const text = await readFile(join(root, path), 'utf8');
  const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
  const found = blocks.map(([, language]) => language);
  assert.deepEqual(found, languages, `${path} has other blocks than those that are run here`);
  return blocks.map(([, , code = '']) => code);
}

/** What a block runs as. */
export interface Running {
  /** The first match in what it prints, sooner or later; fails with all it printed when it ends without. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** What it printed, once it has ended by itself. */
  ended: Promise<{ code: number | null; printed: string }>;
}

/** Runs a program as a person in the project's folder would; it and all that it started end with the test. */
export function run(t: Scope, command: readonly string[], environment: Record<string, string> = {}): Running {
  const [program = '', ...parameters] = command;
  const { PATH, HOME } = process.env;
  const child = spawn(program, parameters, {
    cwd: root,
    env: { PATH, HOME, LOG_LEVEL: 'fatal', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let printed = '';
  const listeners = new Set<() => void>();
  const hear = (text: string) => {
    printed += text;
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, printed }));
  t.after(async () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // All of it has ended by itself.
    }
    await ended;
  });
  return {
    ended,
    async until(pattern) {
      const found = Promise.withResolvers<RegExpExecArray>();
      const look = () => {
        const match = pattern.exec(printed);
        if (match !== null) found.resolve(match);
      };
      listeners.add(look);
      look();
      void ended.then(() => found.reject(new Error(`It ended without ${pattern}:\n${printed}`)));
      return found.promise.finally(() => listeners.delete(look));
    },
  };
}

/** Runs what a document has to paste into a shell. */
export function runInShell(t: Scope, code: string, environment: Record<string, string> = {}): Running {
  return run(t, ['bash', '-euo', 'pipefail', '-c', code], environment);
}
