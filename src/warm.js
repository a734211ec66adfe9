/**
 * `node --import ./src/warm.js src/main.ts`: what was compiled at one start needn't be at the next. Where the folder can't be
 * written, all is compiled as ever. It is JavaScript, since before any TypeScript Node loads what takes the types away.
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/node'));
