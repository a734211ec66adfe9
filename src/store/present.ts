import { parseJson } from '../model/json.ts';
import { type ResourceState, toResource } from '../model/reduce.ts';
import { keyText, type Resource, type ResourceKey } from '../model/resource.ts';
import type { ResourceType } from '../model/status.ts';
import { askTogether } from './ask-together.ts';
import { type Database, withStore } from './database.ts';
import { Prisma } from './generated/client.ts';
import { canBeKept } from './rows.ts';

/** A resource as the ledger has it, and when Xendit last spoke of it. */
export interface Known {
  resource: Resource;
  /** All of what the resource was made of. */
  state: ResourceState;
  observedAt: Date;
  /** When the gateway asks Xendit by itself; undefined: never. */
  askAt: Date | undefined;
  /** Another one each time that it is written; undefined where that wasn't read. */
  writing: string | undefined;
}

/** The merchant's own name for something of a type. */
interface Name {
  account: string;
  type: ResourceType;
  reference: string;
}

/** The resources as they are now. What is asked for at one moment, by whomever, is one read. */
export interface Present {
  find(key: ResourceKey): Promise<Known | undefined>;
  /** The newest of that type with the merchant's own name for it. */
  findNamed(name: Name): Promise<Known | undefined>;
  /** The same resource, if it has been written since it was read. */
  findWritten(known: Known): Promise<Known | undefined>;
}

export function openPresent(database: Database): Present {
  /** Asks for the rows that belong to the questions, each of which its index names. */
  const readRows = async <Question>(
    questions: readonly Question[],
    canBeAsked: (question: Question) => boolean,
    ask: (asked: string) => Prisma.Sql,
  ): Promise<(Known | undefined)[]> => {
    const asked = questions.map((question, index) => ({ index, ...question })).filter(canBeAsked);
    const rows = await withStore(() => database.ask<PresentRow & { index: number }>(ask(JSON.stringify(asked))));
    const known = new Map(rows.map((row) => [row.index, toKnown(row)]));
    return questions.map((_, index) => known.get(index));
  };
  const findWritten = askTogether<ResourceKey & { writing: string | undefined }, Known | undefined>(
    (question) => JSON.stringify([keyText(question), question.writing]),
    (questions) =>
      readRows(
        questions,
        () => true,
        (asked) => Prisma.sql`
          SELECT k.index, r.account, r."observedAt", r."askAt", r.data, r.xmin::text AS writing
          FROM json_to_recordset(${asked}::json) AS k(index int, account text, type text, id text, writing text)
          JOIN "Resource" r ON r.account = k.account AND r.type = k.type AND r.id = k.id
            AND r.xmin::text IS DISTINCT FROM k.writing`,
      ),
  );
  return {
    find: askTogether(keyText, (keys) =>
      readRows(
        keys,
        ({ id }) => canBeKept(id),
        (asked) => Prisma.sql`
          SELECT k.index, r.account, r."observedAt", r."askAt", r.data, r.xmin::text AS writing
          FROM json_to_recordset(${asked}::json) AS k(index int, account text, type text, id text)
          JOIN "Resource" r ON r.account = k.account AND r.type = k.type AND r.id = k.id`,
      ),
    ),
    findNamed: askTogether(
      ({ account, type, reference }) => JSON.stringify([account, type, reference]),
      (names) =>
        readRows(
          names,
          ({ reference }) => canBeKept(reference),
          (asked) => Prisma.sql`
            SELECT k.index, r.account, r."observedAt", r."askAt", r.data, r.writing
            FROM json_to_recordset(${asked}::json) AS k(index int, account text, type text, reference text)
            CROSS JOIN LATERAL (
              SELECT account, "observedAt", "askAt", data, xmin::text AS writing FROM "Resource"
              WHERE reference = k.reference AND account = k.account AND type = k.type
              ORDER BY "createdAt" DESC, id DESC LIMIT 1
            ) AS r`,
        ),
    ),
    findWritten: ({ resource: { account, __typename: type, id }, writing }) =>
      findWritten({ account, type, id, writing }),
  };
}

/** What a row says of a resource. */
interface PresentRow {
  account: string;
  observedAt: Date;
  askAt?: Date | null;
  data: string;
  /** The transaction that wrote the row, by which Postgres tells its versions apart. */
  writing?: string;
}

/** A row as a resource. */
export function toKnown(row: PresentRow): Known {
  const state = parseJson(row.data) as unknown as ResourceState;
  return {
    resource: toResource(row.account, state),
    state,
    observedAt: row.observedAt,
    askAt: row.askAt ?? undefined,
    writing: row.writing,
  };
}
