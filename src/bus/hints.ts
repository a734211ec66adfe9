import { type Bus, type Topic, topics } from './bus.ts';

/** Passes on what was heard. */
export interface Ears {
  hear: Bus['hear'];
  tell(topic: Topic, text: string | undefined): void;
  /** Hints may have been missed. */
  tellAll(): void;
}

export function createEars(): Ears {
  const listeners: Record<Topic, Set<{ hear: (text: string | undefined) => void }>> = {
    changes: new Set(),
    breaker: new Set(),
  };
  const tell: Ears['tell'] = (topic, text) => {
    for (const listener of [...listeners[topic]]) listener.hear(text || undefined);
  };
  return {
    hear(topic, hear) {
      const listener = { hear };
      listeners[topic].add(listener);
      return () => void listeners[topic].delete(listener);
    },
    tell,
    tellAll() {
      for (const topic of topics) tell(topic, undefined);
    },
  };
}

/** Says hints one after the other. */
export interface Mouth {
  say: Bus['say'];
  /** What other instances should have heard may have been lost. */
  sayAll(): void;
  /** Says nothing new, and resolves once everything is said. */
  close(): Promise<void>;
}

/** Different hints that may wait to be said; further ones are lost. */
const maxWaiting = 100;

/**
 * While one hint is on its way the same ones merge into one, so that a thousand commits a second don't become as many hints.
 *
 * @param send ends soon, at the latest when the connection turns out to be dead; what it rejects is lost.
 */
export function createMouth(send: (topic: Topic, text: string) => Promise<unknown>): Mouth {
  const waiting = new Map<string, { topic: Topic; text: string }>();
  let isClosed = false;
  let saying: Promise<void> | undefined;

  const sayWaiting = async () => {
    for (const [name, { topic, text }] of waiting) {
      waiting.delete(name);
      await send(topic, text).catch(() => undefined);
    }
    saying = undefined;
  };
  const say: Bus['say'] = (topic, text = '') => {
    if (isClosed || waiting.size >= maxWaiting) return;
    waiting.set(`${topic} ${text}`, { topic, text });
    saying ??= sayWaiting();
  };
  return {
    say,
    sayAll() {
      for (const topic of topics) say(topic);
    },
    async close() {
      isClosed = true;
      await saying;
    },
  };
}
