import { GatewayError } from '../errors.ts';
import { parseJson } from '../model/json.ts';
import { observedKey } from '../model/observation.ts';
import { type Reduction, type ResourceState, reduce, toResource } from '../model/reduce.ts';
import type { Letter, Outcome, Report } from '../model/report.ts';
import { keyText, type Resource, type ResourceKey } from '../model/resource.ts';
import type { Database } from './database.ts';
import { type Group, lock, read, write } from './group-statements.ts';
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
 * Commits a group of reports in one transaction: lock every resource they touch, where others write too, read, reduce, write the
 * present, the log and the inbox. The locks come first, since a lock taken later would let the log release version 6 before 5.
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

/** What a group comes to, before it is written. */
class Work implements Group {
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
      const name = names[index];
      if (name === undefined) throw new Error('A report has more observations than names');
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
