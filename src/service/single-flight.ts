import { Asker, askingFor, currentAsker } from '../xendit/asker.ts';

/** Lets equal calls at the same moment share one answer. */
export interface SingleFlight {
  /**
   * Runs `work`, or joins the run of the same name. A failure is shared too, and then forgotten.
   *
   * Whoever leaves hears so at once. When all who joined have left, what the run asks of Xendit is given up, and who comes
   * then begins anew; an answer that was there already is taken in all the same.
   *
   * @param keepMs for how long an answer serves those who come later, in milliseconds; default 0.
   */
  share<T>(name: string, work: () => Promise<T>, keepMs?: number): Promise<T>;
}

interface Flight {
  answer: Promise<unknown>;
  /** How many wait for it, those who can't leave among them. */
  waiting: number;
  giveUp(reason: Error): void;
}

export function createSingleFlight(): SingleFlight {
  // No Map: of one that never rests, V8 keeps each former table, and all in it, until it collects all garbage.
  const flights: Record<string, Flight> = Object.create(null);

  function begin(name: string, work: () => Promise<unknown>, keepMs: number): Flight {
    const all = new Asker();
    const flight: Flight = {
      answer: askingFor(all, work),
      waiting: 0,
      giveUp(reason) {
        forget();
        all.leave(reason);
      },
    };
    const forget = () => {
      if (flights[name] === flight) delete flights[name];
    };
    flights[name] = flight;
    flight.answer.then(() => (keepMs > 0 ? setTimeout(forget, keepMs).unref() : forget()), forget);
    return flight;
  }

  return {
    share<T>(name: string, work: () => Promise<T>, keepMs = 0): Promise<T> {
      const asker = currentAsker();
      if (asker?.reason !== undefined) return Promise.reject(asker.reason);
      const flight = flights[name] ?? begin(name, work, keepMs);
      flight.waiting += 1;
      const answer = flight.answer as Promise<T>;
      return asker === undefined ? answer : unlessLeft(asker, flight, answer);
    },
  };
}

function unlessLeft<T>(asker: Asker, flight: Flight, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stay = asker.onLeave((reason) => {
      reject(reason);
      flight.waiting -= 1;
      if (flight.waiting === 0) flight.giveUp(reason);
    });
    answer.then(resolve, reject);
    answer.then(stay, stay);
  });
}
