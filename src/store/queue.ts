import type { Span } from '@opentelemetry/api';
import type { Report } from '../model/report.ts';
import type { Receipt } from './commit.ts';

/** A report that waits to be committed, and who waits for it. */
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

/** What waits to be committed: as much as memory should hold, in the order in which it came. */
export interface Queue {
  /** @returns false when there is no room for it. */
  add(waiting: Waiting): boolean;
  isEmpty(): boolean;
  /** What waits now. */
  length(): QueueLength;
  /** Takes what is to be committed together next. */
  takeGroup(): Waiting[];
  takeAll(): Waiting[];
}

export function createQueue({ groupSize, groupBytes, queueLimit, queueBytes }: QueueLimits): Queue {
  const all: Waiting[] = [];
  let waitingBytes = 0;
  const take = (count: number): Waiting[] => {
    const taken = all.splice(0, count);
    for (const { report } of taken) waitingBytes -= bytesOf(report);
    return taken;
  };
  return {
    add(waiting) {
      const bytes = bytesOf(waiting.report);
      if (all.length >= queueLimit || waitingBytes + bytes > queueBytes) return false;
      waitingBytes += bytes;
      all.push(waiting);
      return true;
    },
    isEmpty: () => all.length === 0,
    length: () => ({ reports: all.length, bytes: waitingBytes }),
    takeGroup() {
      let bytes = 0;
      const tooMuch = all.findIndex(({ report }) => {
        bytes += bytesOf(report);
        return bytes > groupBytes;
      });
      return take(tooMuch < 0 ? groupSize : Math.min(groupSize, Math.max(tooMuch, 1)));
    },
    takeAll: () => take(all.length),
  };
}

/** What a report holds in memory, as far as its sender decides. */
function bytesOf({ letter }: Report): number {
  return letter?.body.byteLength ?? 0;
}
