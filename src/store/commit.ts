import { GatewayError } from '../errors.ts';
import { parseJson } from '../model/json.ts';
import { observedKey } from '../model/observation.ts';
import { type Reduction, type ResourceState, reduce, toResource } from '../model/reduce.ts';
import type { Letter, Outcome, Report } from '../model/report.ts';
import { keyText, type Resource, type ResourceKey } from '../model/resource.ts';
import type { Ask, Database } from './database.ts';
import { Prisma } from './generated/client.ts';
import {
  atOnce,
  changeRow,
  type LetterRow,
  letterRow,
  type Moment,
  type ResourceRow,
  resourceRow,
  type StateRow,
} from './rows.ts';

/** What became of one report. */
export interface Receipt {
  outcome: Outcome;
  /** The webhook's id in the inbox; undefined for an answer. */
  eventId: string | undefined;
  /** The same delivery had been taken in before; nothing else was changed by this one. */
  isRepeated: boolean;
  /** The observed resources as they are now, in the order of the report's observations. */
  resources: Resource[];
  /** The resources that changed by it. */
  changed: ResourceKey[];
}

/** A report, and the names of the resources that it is about, in the order of its observations. */
export interface NamedReport {
  report: Report;
  names: readonly string[];
}

/**
 * Commits a group of reports in one transaction: lock every resource they touch, read, reduce, write the present, the log
 * and the inbox. The locks are the first statement, since a lock taken later would let the log release version 6 before 5.
 *
 * @param onWritten called when all is written but not yet committed: a failure after it may be a commit whose answer got lost.
 * @returns for each report its receipt, or why an answer can't be taken in; a letter is always kept.
 */
export async function commitGroup(
  database: Pick<Database, 'transact' | 'isExclusive'>,
  group: readonly NamedReport[],
  timeoutMs: number,
  onWritten: () => void,
): Promise<(Receipt | GatewayError)[]> {
  const keys = group.flatMap(({ report }) => keysIn(report));
  const names = group.flatMap((one) => one.names);
  return database.transact(timeoutMs, async (ask) => {
    if (names.length > 0 && !database.isExclusive) await lock(ask, names);
    const work = new Work(keys.length === 0 ? [] : await read(ask, keys));
    const outcomes = group.map((one) => work.take(one));
    const repeated = await write(ask, work);
    onWritten();
    return outcomes.map((outcome) =>
      outcome instanceof GatewayError
        ? outcome
        : { ...outcome, isRepeated: outcome.isRepeated || repeated.has(outcome.eventId ?? '') },
    );
  });
}

/** The resources that a report is about. */
export function keysIn({ account, observations }: Report): ResourceKey[] {
  return observations.map((one) => observedKey(account, one));
}

/** Their names, by which they are locked. */
export function namesIn(report: Report): string[] {
  return keysIn(report).map(keyText);
}

/** What a group has come to, before it is written. */
class Work {
  /** Each resource's state as JSON text, which is how it is stored. */
  readonly states: Map<string, string>;
  /** When each resource was made, or first heard of. */
  readonly heardAt: Map<string, Date>;
  readonly touched = new Map<string, ResourceRow>();
  readonly changes: object[] = [];
  readonly letters = new Map<string, LetterRow>();
  /** Letters of the inbox that are read again. */
  readonly rereadings = new Map<string, LetterRow>();
  readonly #now: Moment;

  constructor(rows: readonly StateRow[]) {
    this.states = new Map(rows.map((row) => [keyText(row), row.data]));
    this.heardAt = new Map(rows.map((row) => [keyText(row), row.createdAt]));
    const at = new Date();
    this.#now = { at, text: at.toISOString() };
  }

  take({ report, names }: NamedReport): Receipt | GatewayError {
    const receipt: Receipt = {
      outcome: 'DUPLICATE',
      eventId: undefined,
      isRepeated: false,
      resources: [],
      changed: [],
    };
    try {
      this.#apply(report, names, receipt);
    } catch (error) {
      if (report.letter === undefined) {
        return new GatewayError('STORE_UNAVAILABLE', 'The ledger can not take in this answer', { cause: error });
      }
      // A fault of ours must not keep the letter out of the inbox: it is redriven once mended.
      return { ...receipt, ...this.#keep(report.account, report.letter, 'FAILED', String(error)) };
    }
    const { letter } = report;
    if (letter === undefined) return receipt;
    const outcome = letter.unread?.outcome ?? receipt.outcome;
    return { ...receipt, ...this.#keep(report.account, letter, outcome, letter.unread?.reason ?? letter.remark) };
  }

  #apply({ account, origin, observations }: Report, names: readonly string[], receipt: Receipt): void {
    const advanced = new Set<string>();
    const told = new Set<string>();
    // Nothing is put down before all of it has been worked out, so that a report which fails half-way leaves no trace.
    const reductions: {
      key: ResourceKey;
      name: string;
      reduction: Reduction;
      resource: Resource;
      present: ResourceRow;
      entry: object | undefined;
      isQuestion: boolean | undefined;
    }[] = [];
    const after = new Map<string, ResourceState>();
    for (const [index, observation] of observations.entries()) {
      const key = observedKey(account, observation);
      const name = names[index] ?? '';
      const { cause, isQuestion } = observation;
      const causeName = cause && keyText({ account, ...cause });
      const causeAdvanced = causeName !== undefined && advanced.has(causeName) && !told.has(causeName + name);
      // Of what a report says twice, a resource tells once.
      if (causeAdvanced) told.add(causeName + name);
      const before = after.get(name) ?? this.#stateOf(name);
      const reduction = reduce(before, observation, causeAdvanced);
      after.set(name, reduction.state);
      if (reduction.isNews) advanced.add(name);
      const resource = toResource(account, reduction.state);
      const present = resourceRow(key, reduction, origin, this.#now, this.heardAt.get(name));
      const entry = reduction.change && changeRow(key, reduction, resource, observation, origin, this.#now);
      reductions.push({ key, name, reduction, resource, present, entry, isQuestion });
    }
    for (const { key, name, resource, present, entry, isQuestion } of reductions) {
      if (isQuestion || this.touched.get(name)?.askAt === atOnce) present.askAt = atOnce;
      // A webhook that says what is known may be an old one; it is no word on the present.
      const isNoWord = origin === 'WEBHOOK' && !isQuestion && present.data === this.states.get(name);
      if (!isNoWord) this.touched.set(name, present);
      this.states.set(name, present.data);
      if (entry !== undefined) {
        this.changes.push(entry);
        receipt.changed.push(key);
      }
      receipt.resources.push(resource);
    }
    if (receipt.changed.length > 0) receipt.outcome = 'APPLIED';
    else if (reductions[0]?.reduction.isStale) receipt.outcome = 'STALE';
  }

  #stateOf(name: string): ResourceState | undefined {
    const data = this.states.get(name);
    return data === undefined ? undefined : (parseJson(data) as unknown as ResourceState);
  }

  #keep(
    account: string,
    letter: Letter,
    outcome: Outcome,
    reason: string | undefined,
  ): Pick<Receipt, 'outcome' | 'eventId' | 'isRepeated'> {
    const row = letterRow(account, letter, outcome, reason);
    if (letter.keptAs !== undefined) {
      // Read twice in one group, it is the first that did it.
      if (!this.rereadings.has(row.id)) this.rereadings.set(row.id, row);
      return { outcome, eventId: row.id, isRepeated: false };
    }
    const known = this.letters.get(row.id);
    if (known === undefined) this.letters.set(row.id, row);
    else known.deliveries += 1;
    return { outcome, eventId: row.id, isRepeated: known !== undefined };
  }
}

async function lock(ask: Ask, names: readonly string[]): Promise<void> {
  await ask(Prisma.sql`
    SELECT pg_advisory_xact_lock(hash)::text
    FROM (SELECT DISTINCT hashtextextended(name, 0) AS hash FROM json_array_elements_text(${JSON.stringify(names)}::json) AS name ORDER BY hash) AS locks`);
}

function read(ask: Ask, keys: readonly ResourceKey[]): Promise<StateRow[]> {
  return ask<StateRow>(Prisma.sql`
    SELECT r.account, r.type, r.id, r.data, r."createdAt"
    FROM json_to_recordset(${JSON.stringify(keys)}::json) AS k(account text, type text, id text)
    JOIN "Resource" r ON r.account = k.account AND r.type = k.type AND r.id = k.id`);
}

/** @returns the ids of letters that were in the inbox already. */
async function write(ask: Ask, { touched, changes, letters, rereadings }: Work): Promise<Set<string>> {
  // A row can be written once in a statement: one that is delivered at the same moment is read by that.
  const readAgain = [...rereadings.values()].filter(({ id }) => !letters.has(id));
  const rows = await ask<{ id: string }>(Prisma.sql`
    WITH present AS (
      INSERT INTO "Resource" (account, type, id, reference, parent, status, version, amount, currency, channel, collection, "createdAt", "updatedAt", "observedAt", "askAt", data)
      SELECT account, type, id, reference, parent, status, version, amount, currency, channel, collection,
        COALESCE("createdAt", "observedAt"), "updatedAt", "observedAt", "askAt", data
      FROM json_to_recordset(${JSON.stringify([...touched.values()])}::json) AS r(
        account text, type text, id text, reference text, parent text, status text, version int, amount numeric, currency text, channel text,
        collection text, "createdAt" timestamptz, "updatedAt" timestamptz, "observedAt" timestamptz, "askAt" timestamptz, data text)
      ON CONFLICT (account, type, id) DO UPDATE SET
        reference = EXCLUDED.reference, parent = EXCLUDED.parent, status = EXCLUDED.status, version = EXCLUDED.version,
        amount = EXCLUDED.amount, currency = EXCLUDED.currency, channel = EXCLUDED.channel,
        "createdAt" = CASE WHEN EXCLUDED."createdAt" = EXCLUDED."observedAt" THEN "Resource"."createdAt" ELSE EXCLUDED."createdAt" END,
        "updatedAt" = EXCLUDED."updatedAt", data = EXCLUDED.data,
        "observedAt" = CASE WHEN EXCLUDED."askAt" = 'epoch' THEN "Resource"."observedAt" ELSE EXCLUDED."observedAt" END,
        "askAt" = CASE WHEN "Resource"."askAt" = 'epoch' THEN "Resource"."askAt" ELSE EXCLUDED."askAt" END
    ), log AS (
      INSERT INTO "Change" (account, type, "resourceId", version, kind, "fromStatus", "toStatus", origin, "causeType", "causeId", snapshot, "occurredAt")
      SELECT * FROM json_to_recordset(${JSON.stringify(changes)}::json) AS c(
        account text, type text, "resourceId" text, version int, kind text, "fromStatus" text, "toStatus" text, origin text,
        "causeType" text, "causeId" text, snapshot text, "occurredAt" timestamptz)
    ), inbox AS (
      INSERT INTO "WebhookEvent" (id, account, "webhookId", event, family, "businessId", "subjectType", "subjectId", outcome, reason, body, "receivedAt", "lastReceivedAt", deliveries, "retryAt")
      SELECT id, account, "webhookId", event, family, "businessId", "subjectType", "subjectId", outcome, reason,
        decode(body, 'base64'), "receivedAt", "receivedAt", deliveries, CASE WHEN outcome = 'FAILED' THEN now() END
      FROM json_to_recordset(${JSON.stringify([...letters.values()])}::json) AS l(
        id text, account text, "webhookId" text, event text, family text, "businessId" text, "subjectType" text, "subjectId" text,
        outcome text, reason text, body text, "receivedAt" timestamptz, deliveries int)
      ORDER BY id
      ON CONFLICT (id) DO UPDATE SET
        deliveries = "WebhookEvent".deliveries + EXCLUDED.deliveries,
        "lastReceivedAt" = EXCLUDED."lastReceivedAt",
        outcome = CASE WHEN "WebhookEvent".outcome IN ('FAILED', 'UNRECOGNISED', 'QUARANTINED') THEN EXCLUDED.outcome ELSE "WebhookEvent".outcome END,
        reason = CASE WHEN "WebhookEvent".outcome IN ('FAILED', 'UNRECOGNISED', 'QUARANTINED') THEN EXCLUDED.reason ELSE "WebhookEvent".reason END,
        "retryAt" = CASE
          WHEN EXCLUDED.outcome <> 'FAILED' THEN NULL
          WHEN "WebhookEvent".outcome = 'FAILED' THEN "WebhookEvent"."retryAt"
          WHEN "WebhookEvent".outcome IN ('UNRECOGNISED', 'QUARANTINED') THEN EXCLUDED."retryAt" END,
        family = COALESCE("WebhookEvent".family, EXCLUDED.family),
        "subjectType" = COALESCE("WebhookEvent"."subjectType", EXCLUDED."subjectType"),
        "subjectId" = COALESCE("WebhookEvent"."subjectId", EXCLUDED."subjectId")
      RETURNING id, xmax <> 0 AS "isRepeated"
    ), again AS (
      UPDATE "WebhookEvent" AS w SET
        event = l.event, family = l.family, "businessId" = l."businessId", "subjectType" = l."subjectType", "subjectId" = l."subjectId",
        outcome = l.outcome, reason = l.reason, attempts = w.attempts + 1,
        "retryAt" = CASE WHEN l.outcome <> 'FAILED' THEN NULL WHEN w.outcome = 'FAILED' THEN w."retryAt" ELSE now() END
      FROM json_to_recordset(${JSON.stringify(readAgain)}::json) AS l(
        id text, event text, family text, "businessId" text, "subjectType" text, "subjectId" text, outcome text, reason text)
      WHERE w.id = l.id AND w.outcome IN ('FAILED', 'UNRECOGNISED', 'QUARANTINED')
    )
    SELECT id FROM inbox WHERE "isRepeated"`);
  return new Set(rows.map(({ id }) => id));
}
