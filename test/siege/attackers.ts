import { setTimeout as pause } from 'node:timers/promises';
import { attacks } from '../support/attacks.ts';
import type { Scope } from '../support/database.ts';
import { upTo } from '../support/figures.ts';
import { openTransports, type Sent } from '../support/transports.ts';

export interface Attackers {
  /** How many attacks were sent, and how many of them were answered, if by a refusal. */
  count(): { attacks: number; answered: number };
  /** Sends no more; resolves once each is answered or given up. */
  stop(): Promise<void>;
}

const many = Array.from({ length: 2_000 }, (_, n) => ({
  query: `mutation { a${n}: cancelPayment(id: "${n}") { __typename } }`,
}));

/** The whole corpus, and requests that aren't even operations. */
const corpus: Sent[] = [
  ...attacks.map(({ query, variables }) => ({ query, ...(variables && { variables }) })),
  { query: '{ __typename }', extensions: { many } },
  { query: '{'.repeat(9_000) },
  { query: `query ${'q'.repeat(250_000)} { __typename }` },
];

/**
 * Starts callers who attack over the three transports by turns, each beginning at another place of the corpus.
 *
 * @param perSecond attacks of all of them together, if each is answered before the next is due.
 */
export function startAttackers(t: Scope, url: string, token: string, count: number, perSecond: number): Attackers {
  let sent = 0;
  let answered = 0;
  let isOver = false;
  const everyMs = (1_000 * count) / perSecond;

  async function attack(number: number): Promise<void> {
    const ways = openTransports(t, url, token);
    const beganAt = performance.now() + (everyMs * number) / count;
    for (let turn = 0; !isOver; turn += 1) {
      const waitMs = beganAt + turn * everyMs - performance.now();
      if (waitMs > 0) await pause(waitMs);
      const [, send] = ways[turn % ways.length] ?? [];
      const request = corpus[(number * 7 + Math.floor(turn / ways.length)) % corpus.length];
      if (send === undefined || request === undefined) return;
      sent += 1;
      await send(request).then(
        () => {
          answered += 1;
        },
        () => undefined,
      );
    }
  }

  const all = upTo(count).map(attack);
  return {
    count: () => ({ attacks: sent, answered }),
    async stop() {
      isOver = true;
      await Promise.all(all);
    },
  };
}
