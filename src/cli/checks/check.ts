/** What one look came to. */
export interface Check {
  name: string;
  /** Only a problem keeps the gateway from its work. */
  status: 'ok' | 'warning' | 'problem';
  /** What was found. */
  found: string;
  /** What to do about it; undefined when there is nothing to be done. */
  advice?: string | undefined;
}

export function ok(name: string, found: string): Check {
  return { name, status: 'ok', found };
}

export function warning(name: string, found: string, advice: string): Check {
  return { name, status: 'warning', found, advice };
}

export function problem(name: string, found: string, advice: string): Check {
  return { name, status: 'problem', found, advice };
}
