/** Lets so many in at a time; the others wait in line, and leave it freely. */
export interface Gate {
  /**
   * Waits for a place.
   *
   * @returns a function that gives the place back; calling it again does nothing.
   * @throws the signal's reason, when it came first; GateFullError the line is too long, or it took too long.
   */
  enter(signal: AbortSignal): Promise<() => void>;
}

/** There is no place to be had in time. */
export class GateFullError extends Error {
  override readonly name = 'GateFullError';
}

/** @param places how many may be in; @param maxWaiting how many may stand in line; @param maxWaitMs for how long. */
export function createGate(places: number, maxWaiting: number, maxWaitMs: number): Gate {
  let free = places;
  // A Set keeps the order of arrival and lets anybody leave from the middle.
  const line = new Set<() => void>();

  function place(): () => void {
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const [next] = line;
      if (next === undefined) free += 1;
      else next();
    };
  }

  return {
    async enter(signal) {
      signal.throwIfAborted();
      if (free > 0) {
        free -= 1;
        return place();
      }
      if (line.size >= maxWaiting) throw new GateFullError('Too many wait already');
      return new Promise((resolve, reject) => {
        const stepOut = () => {
          line.delete(enter);
          clearTimeout(timer);
          signal.removeEventListener('abort', leave);
        };
        const leave = () => {
          stepOut();
          reject(signal.reason);
        };
        const enter = () => {
          stepOut();
          resolve(place());
        };
        const timer = setTimeout(() => {
          stepOut();
          reject(new GateFullError('Waited too long'));
        }, maxWaitMs);
        signal.addEventListener('abort', leave, { once: true });
        line.add(enter);
      });
    },
  };
}
