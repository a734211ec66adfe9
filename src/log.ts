import { trace } from '@opentelemetry/api';
import pino from 'pino';
import { isJsonObject, parseJson } from './model/json.ts';
import { printable } from './model/printable.ts';
import { createRedaction, type Redaction } from './model/redaction.ts';

/** Writes JSON lines: ids, methods, paths and codes, never a secret or what tells who a person is. */
export type Log = pino.Logger;

export interface LogOptions {
  /** Hidden wherever they stand, beside what is hidden by its name or its shape. */
  secrets?: readonly string[];
  /** Standard error unless told. */
  stream?: pino.DestinationStream;
}

/** Each event is one line, whatever is said in it. */
export function createLog(level: string, { secrets = [], stream }: LogOptions = {}): Log {
  const redaction = createRedaction(secrets);
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: traceUnderWay,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: (line) => `${printable(redact(redaction, line))}\n` },
    },
    stream ?? pino.destination({ dest: 2, sync: false }),
  );
}

/** Which trace a line belongs to; nothing without traces. */
function traceUnderWay(): object {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}

/** The last thing that happens to a line, so that nothing gets past it: whoever wrote it, by whatever name. */
function redact(redaction: Redaction, line: string): string {
  try {
    const event = parseJson(line);
    // What follows a question mark is what somebody asked, not where.
    if (isJsonObject(event) && isJsonObject(event.req) && typeof event.req.url === 'string')
      event.req.url = event.req.url.replace(/\?.*/s, '');
    return JSON.stringify(redaction.value(event));
  } catch {
    return JSON.stringify({ level: 'error', msg: redaction.text(line) });
  }
}
