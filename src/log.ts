import pino from 'pino';

/** Writes JSON lines to standard error: ids, methods, paths and codes, never a secret or a payer's data. */
export type Log = pino.Logger;

const secretPaths = ['authorization', 'token', 'callbackToken', 'secretKey', 'password'];

export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: secretPaths.flatMap((name) => [name, `*.${name}`, `headers["${name}"]`, 'headers["x-callback-token"]']),
        censor: '[redacted]',
      },
    },
    pino.destination({ dest: 2, sync: false }),
  );
}
