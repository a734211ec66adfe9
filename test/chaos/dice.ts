import { createHash } from 'node:crypto';
import { randomBy } from '../../src/sandbox/random.ts';

/** Chance by a seed: the same seed and name throw the same. */
export interface Dice {
  chance(probability: number): boolean;
  /** From `min` up to `max`. */
  between(min: number, max: number): number;
  /** @throws Error there is nothing to pick from. */
  pick<T>(from: readonly T[]): T;
  /** Dice of one's own, so that what others throw, and when, changes nothing here. */
  own(name: string): Dice;
}

export function createDice(seed: string): Dice {
  const draw = randomBy(createHash('sha256').update(seed).digest().readInt32LE());
  return {
    chance: (probability) => draw() < probability,
    between: (min, max) => min + draw() * (max - min),
    pick(from) {
      const one = from[Math.floor(draw() * from.length)];
      if (one === undefined) throw new Error('There is nothing to pick from');
      return one;
    },
    own: (name) => createDice(`${seed}/${name}`),
  };
}
