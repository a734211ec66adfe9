import type { Breaker, BreakerNews, Operations } from './breaker.ts';

/** @returns what a breaker's `onNews` may be: it says to the other instances what this one found out about a host. */
export function tellBreakerNews(
  host: string,
  say: (text: string) => void,
): (operations: Operations, news: BreakerNews) => void {
  return (operations, news) => say(`${news} ${operations} ${host}`);
}

/** @returns a listener that hands to a breaker what other instances found out about its host; whatever else is said, it ignores. */
export function hearBreakerNews(host: string, breaker: Breaker): (text: string | undefined) => void {
  return (text) => {
    const [, news, operations, ofHost] = /^(DOWN|UP) (reads|writes) (\S+)$/.exec(text ?? '') ?? [];
    if (ofHost === host) breaker.hear(operations as Operations, news as BreakerNews);
  };
}
