/** What Postgres said when it refused a statement. Source: PostgreSQL manual, appendix A, "PostgreSQL Error Codes". */
export type SqlState = string;

/**
 * The SQLSTATE inside an error of the driver's or of Prisma's; undefined when the database didn't refuse but is away.
 * The driver's own has it as `code`. Both adapters keep it as `originalCode`: in the cause of their own error, which Prisma puts
 * into `meta`.
 */
export function sqlStateOf(error: unknown): SqlState | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  if (typeof code === 'string' && typeof severity === 'string') return code;
  const { originalCode } = (error.cause ?? {}) as { originalCode?: unknown };
  if (typeof originalCode === 'string') return originalCode;
  const { meta } = error as { meta?: { driverAdapterError?: unknown } };
  return sqlStateOf(meta?.driverAdapterError) ?? sqlStateOf(error.cause);
}

/** What was to be written is at fault: data exception, integrity constraint, or more than the server's limits allow. */
export function isFaultOfData(state: SqlState | undefined): boolean {
  return state !== undefined && /^(?:22|23|54)/.test(state);
}

/** A lock or a statement took too long: it may be for one resource alone that somebody else holds. */
export function isFaultOfWaiting(state: SqlState | undefined): boolean {
  return state === '55P03' || state === '57014';
}

/** Two transactions got in each other's way: serialization failure or deadlock. The next attempt may well succeed. */
export function isWorthRetrying(state: SqlState | undefined): boolean {
  return state === '40001' || state === '40P01';
}
