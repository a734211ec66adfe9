import type { Span } from '@opentelemetry/api';
import type { Report } from '../model/report.ts';
import { type NamedReport, namesIn, type Receipt } from './commit.ts';

/** A report that is to be committed, and who waits for it. */
export interface Waiting {
  report: Report;
  /** Of whoever waits. */
  span?: Span;
  resolve: (receipt: Receipt) => void;
  reject: (error: unknown) => void;
}

export interface QueueLimits {
  /** Reports in one group at most. */
  groupSize: number;
  /** Bytes of webhooks in one group at most, unless one alone has more. */
  groupBytes: number;
  /** Reports that may wait at most. */
  queueLimit: number;
  /** Bytes of webhooks that may wait at most. */
  queueBytes: number;
}

/** How much waits: reports, and bytes of webhooks in them. */
export interface QueueLength {
  reports: number;
  bytes: number;
}

/** The same with the names of the resources that it is about. */
export type Named = Waiting & NamedReport;

/**
 * What waits to be committed: as much as memory should hold, in the order in which it came. Of one resource something is taken only
 * once all that was taken before is released.
 */
export interface Queue {
  /** @returns false when there is no room for it. */
  add(waiting: Waiting): boolean;
  /** Whether a group may be had: something waits, and the last take wasn't in vain, or something has been released or has come since. */
  mayGive(): boolean;
  /** What waits now. */
  length(): QueueLength;
  /** Takes what is to be committed together next: nothing where all that comes next is about what is being committed. */
  takeGroup(): Named[];
  /** A group is committed, or has failed. */
  release(group: readonly Named[]): void;
  /** How many reports are in groups that were taken and not released. */
  underWay(): number;
  takeAll(): Waiting[];
}

export function createQueue({ groupSize, groupBytes, queueLimit, queueBytes }: QueueLimits): Queue {
  let all: Named[] = [];
  let waitingBytes = 0;
  let underWay = 0;
  let isInVain = false;
  const held = new Set<string>();

  const takeGroup = (): Named[] => {
    const group: Named[] = [];
    const left: Named[] = [];
    // One that has to wait lets nothing about its resources pass.
    const kept = new Set<string>();
    let bytes = 0;
    for (const one of all.slice(0, groupSize)) {
      if (group.length > 0 && bytes + bytesOf(one.report) > groupBytes) break;
      if (one.names.some((name) => held.has(name) || kept.has(name))) {
        for (const name of one.names) kept.add(name);
        left.push(one);
      } else {
        group.push(one);
        bytes += bytesOf(one.report);
      }
    }
    isInVain = group.length === 0;
    if (isInVain) return group;
    all = [...left, ...all.slice(group.length + left.length)];
    waitingBytes -= bytes;
    underWay += group.length;
    for (const { names } of group) for (const name of names) held.add(name);
    return group;
  };

  return {
    add(waiting) {
      const bytes = bytesOf(waiting.report);
      if (all.length >= queueLimit || waitingBytes + bytes > queueBytes) return false;
      waitingBytes += bytes;
      // Of those behind none is looked at.
      if (all.length < groupSize) isInVain = false;
      all.push({ ...waiting, names: namesIn(waiting.report) });
      return true;
    },
    mayGive: () => all.length > 0 && !isInVain,
    length: () => ({ reports: all.length, bytes: waitingBytes }),
    takeGroup,
    release(group) {
      isInVain = false;
      underWay -= group.length;
      for (const { names } of group) for (const name of names) held.delete(name);
    },
    underWay: () => underWay,
    takeAll() {
      const taken = all;
      all = [];
      waitingBytes = 0;
      return taken;
    },
  };
}

/** What a report holds in memory, as far as its sender decides. */
function bytesOf({ letter }: Report): number {
  return letter?.body.byteLength ?? 0;
}
