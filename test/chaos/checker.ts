/**
 * Compares what three witnesses say: the sender, the tables and the subscribers. It knows Xendit's words and the promises, and
 * nothing of the gateway: it imports none of its code.
 */
import type { Claim, Evidence, LogRow, ResourceRow, Sent, Told, Watch } from './evidence.ts';

/** A promise that was broken. */
export interface Finding {
  promise: 'lost' | 'duplicated' | 'outOfOrder' | 'wrong';
  /** What happened to whom. */
  sentence: string;
}

/** From the first to the last, as Xendit's manual has them: money that arrives is the last word. */
const ladders: Record<string, string[][]> = {
  QrPayment: [['COMPLETED']],
  Payment: [['PENDING'], ['AUTHORIZED'], ['EXPIRED', 'CANCELED', 'FAILED'], ['SUCCEEDED']],
  PaymentRequest: [
    ['REQUIRES_ACTION', 'ACCEPTING_PAYMENTS'],
    ['PENDING'],
    ['AUTHORIZED'],
    ['EXPIRED', 'CANCELED', 'FAILED'],
    ['SUCCEEDED'],
  ],
};
const settled = new Set(['COMPLETED', 'SUCCEEDED', 'INACTIVE']);

/** Every promise that was broken, in a sentence each. */
export function check(evidence: Evidence): Finding[] {
  return [
    ...checkInbox(evidence),
    ...checkClaims(evidence),
    ...checkVersions(evidence),
    ...evidence.watches.flatMap(watchChecker(evidence.log)),
  ];
}

function checkInbox({ sent, inbox }: Evidence): Finding[] {
  const findings: Finding[] = [];
  const rows = Map.groupBy(inbox, ({ webhookId }) => webhookId ?? '');
  const known = new Set(sent.map(({ webhookId }) => webhookId));
  for (const id of rows.keys()) {
    if (!known.has(id)) findings.push(wrong(`the inbox has webhook ${id || 'without an id'}, which nobody sent`));
  }
  for (const { webhookId, event, acknowledged } of sent) {
    const name = `${event} ${webhookId}`;
    const [row, ...more] = rows.get(webhookId) ?? [];
    if (acknowledged === 0) findings.push(wrong(`${name} was never acknowledged, however often it was sent`));
    else if (row === undefined) findings.push(lost(`${name} was acknowledged and is not in the inbox`));
    else if (row.deliveries < acknowledged)
      findings.push(lost(`${name} was acknowledged ${acknowledged} times and counted ${row.deliveries} times`));
    if (more.length > 0) findings.push(duplicated(`${name} is ${more.length + 1} times in the inbox`));
    if (row !== undefined && ['UNRECOGNISED', 'QUARANTINED', 'FAILED'].includes(row.outcome))
      findings.push(lost(`${name} is in the inbox as ${row.outcome}`));
  }
  return findings;
}

function checkClaims({ sent, resources, log }: Evidence): Finding[] {
  const findings: Finding[] = [];
  const present = new Map(resources.map((row) => [nameOf(row), row]));
  const highest = new Map<string, number>();
  for (const claim of sent.flatMap(({ claims }) => claims)) {
    highest.set(nameOf(claim), Math.max(highest.get(nameOf(claim)) ?? 0, rankOf(claim)));
  }
  for (const { claim, webhook } of acknowledgedClaims(sent)) {
    const row = present.get(nameOf(claim));
    if (row === undefined) findings.push(lost(`${nameOf(claim)} is unknown, though ${webhook} said ${claim.status}`));
    else if (rankOf(row) < rankOf(claim))
      findings.push(lost(`${nameOf(claim)} is ${row.status}, though ${webhook} said ${claim.status}`));
  }
  for (const [name, rank] of highest) {
    const row = present.get(name);
    if (row !== undefined && rankOf(row) > rank) findings.push(wrong(`${name} is ${row.status}, which nobody said`));
  }
  const tellings = Map.groupBy(
    log.filter(({ kind, causeId }) => kind === 'PAYMENT' && causeId !== null),
    ({ resourceId, causeId }) => `${resourceId} ${causeId}`,
  );
  for (const { claim } of acknowledgedClaims(sent)) {
    if (claim.toldBy === undefined) continue;
    const times = tellings.get(`${claim.toldBy} ${claim.id}`)?.length ?? 0;
    if (times === 0) findings.push(lost(`${claim.toldBy} never told of payment ${claim.id}`));
    if (times > 1) findings.push(duplicated(`${claim.toldBy} told ${times} times of payment ${claim.id}`));
  }
  const turns = Map.groupBy(
    log.filter(({ kind }) => kind === 'STATUS_CHANGED'),
    (row) => `${nameOfRow(row)} ${row.toStatus}`,
  );
  for (const [name, rows] of turns) {
    if (rows.length > 1) findings.push(duplicated(`the log has ${rows.length} times that it became ${name}`));
  }
  return findings;
}

function* acknowledgedClaims(sent: readonly Sent[]): Generator<{ claim: Claim; webhook: string }> {
  for (const { webhookId, event, claims, acknowledged } of sent) {
    if (acknowledged > 0) for (const claim of claims) yield { claim, webhook: `${event} ${webhookId}` };
  }
}

/** Versions in the tables run 1, 2, 3 … to the present one, in the order of release. */
function checkVersions({ resources, log }: Evidence): Finding[] {
  const ofResource = Map.groupBy(log, nameOfRow);
  const findings = resources.flatMap((row) => {
    const versions = ofResource.get(nameOf(row))?.map(({ version }) => version) ?? [];
    return follow(versions, 1, row.version, (version) => `version ${version} of ${nameOf(row)} in the log`);
  });
  const known = new Set(resources.map(nameOf));
  const orphans = [...ofResource.keys()].filter((name) => !known.has(name));
  return [...findings, ...orphans.map((name) => lost(`${name} is in the log and not in the present`))];
}

/** A subscriber hears each version, or each entry of the log, from where it began, once and in order. */
function watchChecker(log: readonly LogRow[]): (watch: Watch) => Finding[] {
  const places = new Map(log.map((row, place) => [`${nameOfRow(row)} ${row.version}`, place]));
  const lastVersions = new Map(log.map((row) => [nameOfRow(row), 0]));
  for (const row of log) {
    lastVersions.set(nameOfRow(row), Math.max(lastVersions.get(nameOfRow(row)) ?? 0, row.version));
  }
  return (watch) => {
    const { subscriber, resource, messages, ending } = watch;
    const stream = resource === undefined ? 'activity' : nameOf(resource);
    const findings: Finding[] = [];
    if (typeof ending === 'object') findings.push(wrong(`${subscriber} was refused ${stream}: ${ending.refused}`));
    const [first] = messages;
    if (first === undefined) {
      const mustHaveBegun = resource !== undefined && ending === 'open';
      return mustHaveBegun ? [...findings, lost(`${subscriber} never got the present of ${stream}`)] : findings;
    }
    const positions: number[] = [];
    for (const message of messages) {
      const place = places.get(`${nameOf(message)} ${message.version}`);
      const row = place === undefined ? undefined : log[place];
      if (row === undefined || place === undefined) {
        findings.push(
          wrong(`${subscriber} was told version ${message.version} of ${nameOf(message)}, which is not in the log`),
        );
        continue;
      }
      const difference = differenceBetween(message, row);
      if (difference !== undefined)
        findings.push(wrong(`${subscriber} was told ${difference} at version ${row.version} of ${nameOf(message)}`));
      positions.push(resource === undefined ? place : row.version);
    }
    const last = messages.at(-1);
    if (ending === 'completed' && !settled.has(last?.status ?? ''))
      findings.push(wrong(`${subscriber}'s stream of ${stream} completed at ${last?.status}`));
    const end = resource === undefined ? log.length - 1 : (lastVersions.get(stream) ?? 0);
    const mustReach = ending === 'completed' || ending === 'left' ? Math.max(...positions) : end;
    const described = (position: number) => {
      const row = resource === undefined ? log[position] : undefined;
      return `${row === undefined ? `version ${position}` : `${nameOfRow(row)} ${row.version}`} at ${subscriber} of ${stream}`;
    };
    return [...findings, ...follow(positions, positions[0] ?? 0, mustReach, described)];
  };
}

function differenceBetween(message: Told, row: LogRow): string | undefined {
  if (message.status !== row.toStatus) return `${message.status} instead of ${row.toStatus}`;
  const isSnapshot = message.kind === 'SNAPSHOT';
  if (!isSnapshot && message.causeId !== undefined && message.causeId !== row.causeId)
    return `of ${message.causeId} instead of ${row.causeId}`;
  return undefined;
}

/** What is wrong with a sequence that should be `first`, `first` + 1 … `last`. */
function follow(
  positions: readonly number[],
  first: number,
  last: number,
  describe: (position: number) => string,
): Finding[] {
  const findings: Finding[] = [];
  const seen = new Set<number>();
  let latest = first - 1;
  for (const position of positions) {
    if (seen.has(position)) findings.push(duplicated(describe(position)));
    else if (position < latest) findings.push({ promise: 'outOfOrder', sentence: describe(position) });
    seen.add(position);
    latest = Math.max(latest, position);
  }
  for (let position = first; position <= last; position += 1) {
    if (!seen.has(position)) findings.push(lost(describe(position)));
  }
  return findings;
}

/**
 * From commit to socket, in milliseconds, of every change that was recorded while its subscriber had subscribed.
 *
 * @returns undefined when there was none.
 */
export function latency({ log, watches }: Evidence, percent: number): number | undefined {
  const recorded = new Map(log.map((row) => [`${nameOfRow(row)} ${row.version}`, row.recordedAt]));
  const times = watches
    .flatMap(({ messages, openedAt }) =>
      messages.map((message) => {
        const at = recorded.get(`${nameOf(message)} ${message.version}`);
        const since = openedAt[message.connection];
        return at === undefined || since === undefined || since > at ? undefined : message.at - at;
      }),
    )
    .filter((time) => time !== undefined)
    .sort((a, b) => a - b);
  return times[Math.min(times.length - 1, Math.floor((times.length * percent) / 100))];
}

function rankOf({ type, status }: Claim | ResourceRow): number {
  return (ladders[type] ?? []).findIndex((equals) => equals.includes(status)) + 1;
}

function nameOf({ type, id }: { type: string; id: string }): string {
  return `${type} ${id}`;
}

function nameOfRow({ type, resourceId }: LogRow): string {
  return `${type} ${resourceId}`;
}

function lost(sentence: string): Finding {
  return { promise: 'lost', sentence };
}

function duplicated(sentence: string): Finding {
  return { promise: 'duplicated', sentence };
}

function wrong(sentence: string): Finding {
  return { promise: 'wrong', sentence };
}
