/** What hints are about: something was committed; Xendit is down, or up again. */
export const topics = ['changes', 'breaker'] as const;

export type Topic = (typeof topics)[number];

/**
 * Carries hints between the instances of one gateway. Any hint may be lost, doubled, late or out of order: it may save time,
 * nothing may rely on it.
 */
export interface Bus {
  /** Says something to the other instances; this one doesn't hear it. Never throws, never waits. */
  say(topic: Topic, text?: string): void;
  /**
   * Calls back on each hint; returns how to stop. The text is undefined when there was none, and when hints may have been
   * missed: after each connection of this instance, the first one too, and after one of another instance. A listener must
   * not throw.
   */
  hear(topic: Topic, listener: (text: string | undefined) => void): () => void;
  /** Says what is still to be said, and hangs up. */
  close(): Promise<void>;
}

/** What a connection to the bus tells of itself: each once for an outage, however long it lasts and however often it fails. */
export interface Outages {
  /** @param reason without secrets. */
  onAway(reason: string): void;
  onBack(): void;
}

/** The bus of a gateway that has no other instances. */
export const silentBus: Bus = {
  say: () => undefined,
  hear: () => () => undefined,
  close: async () => undefined,
};
