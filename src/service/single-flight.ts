/** Lets equal calls at the same moment share one answer. */
export interface SingleFlight {
  /**
   * Runs `work`, or joins the run of the same name. A failure is shared too, and then forgotten.
   *
   * @param keepMs for how long an answer serves those who come later, in milliseconds; default 0.
   */
  share<T>(name: string, work: () => Promise<T>, keepMs?: number): Promise<T>;
}

export function createSingleFlight(): SingleFlight {
  const flights = new Map<string, Promise<unknown>>();
  return {
    share<T>(name: string, work: () => Promise<T>, keepMs = 0): Promise<T> {
      const joined = flights.get(name);
      if (joined !== undefined) return joined as Promise<T>;
      const flight = work();
      flights.set(name, flight);
      const forget = () => flights.delete(name);
      flight.then(() => (keepMs > 0 ? setTimeout(forget, keepMs).unref() : forget()), forget);
      return flight;
    },
  };
}
