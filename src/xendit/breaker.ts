import { GatewayError } from '../errors.ts';

/** What may fail apart from the other: Xendit may still answer questions while it can't do anything, or the reverse. */
export type Operations = 'reads' | 'writes';

/** What came of a call: LEFT says nothing about Xendit, since our own caller didn't wait. */
export type CallOutcome = 'ANSWERED' | 'FAILED' | 'LEFT';

export type BreakerState = 'CLOSED' | 'OPEN' | 'PROBING';

/**
 * Spares a host that is down, and its callers the wait. One for each host, and so for all accounts: what it counts, no answer
 * or a 5xx, is the host's doing. A refusal of one account, 429 among them, is no failure.
 */
export interface Breaker {
  /**
   * Whether calls are allowed at this moment; takes nothing.
   *
   * @throws GatewayError UNAVAILABLE the host is taken to be down: nothing was sent.
   */
  check(operations: Operations): void;
  /**
   * Begins a call.
   *
   * @returns a function to be told once what came of it.
   * @throws GatewayError UNAVAILABLE the host is taken to be down: nothing was sent.
   */
  enter(operations: Operations): (outcome: CallOutcome) => void;
  state(operations: Operations): BreakerState;
  /**
   * Hears from another instance that the host is down, or up again. It needn't be true: a closed breaker opens until its own
   * next probe, and an open one probes at the next call.
   */
  hear(operations: Operations, news: BreakerNews): void;
}

/** What an instance found out by its own calls, and others may save theirs by. */
export type BreakerNews = 'DOWN' | 'UP';

export interface BreakerOptions {
  /** Over which time failures are counted, in milliseconds; 10,000 unless told. */
  windowMs?: number | undefined;
  /** How many calls must have ended in it before it may open; 10 unless told. */
  minCalls?: number | undefined;
  /** Which part of them must have failed, from 0 to 1; 0.5 unless told. */
  failureShare?: number | undefined;
  /** How long after opening one call may try again, in milliseconds; 30,000 unless told. */
  probeAfterMs?: number | undefined;
  /** Told of every change. It must not throw. */
  onChange?: ((operations: Operations, state: BreakerState) => void) | undefined;
  /** Told what this instance finds out by its own calls; not of a probe that failed, and not of what it heard. It must not throw. */
  onNews?: ((operations: Operations, news: BreakerNews) => void) | undefined;
  /** Milliseconds that never jump. */
  now?: (() => number) | undefined;
}

/** Calls that have ended, and those of them that failed. */
interface Tally {
  calls: number;
  failures: number;
}

interface Slot extends Tally {
  from: number;
}

interface Circuit {
  state: BreakerState;
  /** What a call began in: news of an earlier time is no news. */
  era: number;
  openedAt: number;
  slots: Slot[];
  /** Of all slots. */
  tally: Tally;
}

/** The window moves in this many steps. */
const slotsPerWindow = 100;

/**
 * A breaker within this process.
 *
 * It counts a call when it has ended. Not opossum, which counts it when it begins and its failure when it ends: calls that
 * hang for as long as its window never open it. Not cockatiel either, whose window stretches while calls are few.
 */
export function createBreaker(options: BreakerOptions = {}): Breaker {
  const { windowMs = 10_000, minCalls = 10, failureShare = 0.5, probeAfterMs = 30_000, onChange, onNews } = options;
  const now = options.now ?? (() => performance.now());
  const circuits: Record<Operations, Circuit> = { reads: newCircuit(), writes: newCircuit() };

  function change(operations: Operations, state: BreakerState, openedAt = now()): void {
    const circuit = circuits[operations];
    Object.assign(circuit, { state, openedAt, era: circuit.era + 1, ...noCalls() } satisfies Circuit);
    onChange?.(operations, state);
  }

  function check(operations: Operations): void {
    const { state, openedAt } = circuits[operations];
    if (state === 'PROBING' || (state === 'OPEN' && now() - openedAt < probeAfterMs)) {
      throw new GatewayError('UNAVAILABLE', `Xendit has not been answering ${operations}; nothing was sent`);
    }
  }

  function count({ slots, tally }: Circuit, isFailure: boolean): void {
    const latest = slots.at(-1);
    const slot = latest !== undefined && now() - latest.from < windowMs / slotsPerWindow ? latest : newSlot(now());
    if (slot !== latest) slots.push(slot);
    for (const each of [slot, tally]) {
      each.calls += 1;
      if (isFailure) each.failures += 1;
    }
    while (slots[0] !== undefined && now() - slots[0].from >= windowMs) {
      tally.calls -= slots[0].calls;
      tally.failures -= slots[0].failures;
      slots.shift();
    }
  }

  /** The one call that was let through decides; if its caller left, the next one may try. */
  function settleProbe(operations: Operations, outcome: CallOutcome): void {
    if (outcome === 'ANSWERED') {
      change(operations, 'CLOSED');
      onNews?.(operations, 'UP');
    } else change(operations, 'OPEN', outcome === 'LEFT' ? now() - probeAfterMs : now());
  }

  return {
    check,
    enter(operations) {
      check(operations);
      const circuit = circuits[operations];
      if (circuit.state === 'OPEN') change(operations, 'PROBING');
      const { era } = circuit;
      let isTold = false;
      return (outcome) => {
        if (isTold || era !== circuit.era) return;
        isTold = true;
        if (circuit.state === 'PROBING') return settleProbe(operations, outcome);
        if (outcome === 'LEFT') return;
        count(circuit, outcome === 'FAILED');
        const { calls, failures } = circuit.tally;
        if (calls < minCalls || failures < calls * failureShare) return;
        change(operations, 'OPEN');
        onNews?.(operations, 'DOWN');
      };
    },
    hear(operations, news) {
      const circuit = circuits[operations];
      if (news === 'DOWN' && circuit.state === 'CLOSED') change(operations, 'OPEN');
      if (news === 'UP' && circuit.state === 'OPEN') circuit.openedAt = now() - probeAfterMs;
    },
    state: (operations) => circuits[operations].state,
  };
}

function newCircuit(): Circuit {
  return { state: 'CLOSED', era: 0, openedAt: 0, ...noCalls() };
}

function noCalls(): Pick<Circuit, 'slots' | 'tally'> {
  return { slots: [], tally: { calls: 0, failures: 0 } };
}

function newSlot(from: number): Slot {
  return { from, calls: 0, failures: 0 };
}
