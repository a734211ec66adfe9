import type { Client } from 'urql';
import { ActivityHeadDocument, type HappeningFragment, LiveActivityDocument } from './generated/documents.ts';
import { answerOf, type Problem, problemOf } from './problem.ts';

export type Happening = HappeningFragment;

/** All that happens in the account, as it happens: heard once for the whole page, each change once and in order. */
export interface Pulse {
  /** @returns a function that stops. */
  listen(listener: PulseListener): () => void;
  /** Why nothing is heard; undefined while all is well, or the connection comes back by itself. */
  problem(): Problem | undefined;
  close(): void;
}

export interface PulseListener {
  onChange?(change: Happening): void;
  /** Something may have been missed: what was read before is to be read again. */
  onGap?(): void;
  /** `problem` has changed. */
  onProblem?(): void;
}

/** Until a gateway that could not be asked, or had nothing to tell, is asked again, in milliseconds. */
const pauseMs = 1_000;
/** The gateway says what will not change by asking again. */
const final = new Set(['FORBIDDEN', 'UNAUTHENTICATED', 'INVALID_INPUT']);
/** The place to go on from is lost: begin again. */
const lost = new Set(['CURSOR_EXPIRED', 'CURSOR_INVALID']);

export function openPulse(client: Client): Pulse {
  const listeners = new Set<PulseListener>();
  let problem: Problem | undefined;
  let isClosed = false;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let stop = () => {};

  function say(now: Problem | undefined): void {
    if (now?.code === problem?.code && now?.message === problem?.message) return;
    problem = now;
    for (const { onProblem } of listeners) onProblem?.();
  }

  function tell(call: (listener: PulseListener) => void): void {
    for (const listener of listeners) call(listener);
  }

  function later(next: () => void): void {
    if (!isClosed) waiting = setTimeout(next, pauseMs);
  }

  /** @param isAgain whether something was read before that changes of now are missing from. */
  async function begin(isAgain: boolean): Promise<void> {
    const { data, problem: fault } = answerOf(await client.query(ActivityHeadDocument, {}).toPromise());
    if (isClosed) return;
    say(fault);
    if (fault) return final.has(fault.code) ? undefined : later(() => void begin(true));
    if (isAgain) tell((listener) => listener.onGap?.());
    listenAfter(data.activity.edges[0]?.cursor);
  }

  /** @param cursor undefined while nothing has happened yet: what happens before it is heard is a gap. */
  function listenAfter(cursor: string | undefined): void {
    let last = cursor;
    const variables = cursor === undefined ? {} : { after: cursor };
    const { unsubscribe } = client.subscription(LiveActivityDocument, variables).subscribe((result) => {
      const change = result.data?.activity;
      if (change !== undefined) {
        if (last === undefined) tell((listener) => listener.onGap?.());
        last = change.cursor;
        say(undefined);
        tell((listener) => listener.onChange?.(change));
      }
      if (result.error === undefined) return;
      const fault = problemOf(result.error);
      stop();
      if (final.has(fault.code)) return say(fault);
      later(lost.has(fault.code) ? () => void begin(true) : () => listenAfter(last));
    });
    stop = unsubscribe;
    if (cursor === undefined) later(() => last ?? void lookAgain());
  }

  /** Whether something happened after the log had been empty and before it was listened to. */
  async function lookAgain(): Promise<void> {
    const { data } = await client.query(ActivityHeadDocument, {}).toPromise();
    if (data?.activity.edges.length) tell((listener) => listener.onGap?.());
  }

  void begin(false);
  return {
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    problem: () => problem,
    close() {
      isClosed = true;
      clearTimeout(waiting);
      stop();
    },
  };
}
