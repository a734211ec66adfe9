import { type Client, createClient, fetchExchange } from 'urql';

/** A clock that differs by less is as right as an answer's header can tell. */
const toleranceMs = 2_000;
let skewMs = 0;

/** The time by the gateway's clock, in ms: a payer's may be wrong. */
export function gatewayNow(): number {
  return Date.now() + skewMs;
}

/** Asks the gateway that serves this page. */
export function openGateway(token: string): Client {
  return createClient({
    url: '/graphql',
    exchanges: [fetchExchange],
    preferGetMethod: false,
    fetchOptions: { headers: { authorization: `Bearer ${token}` } },
    async fetch(...request) {
      const askedAt = Date.now();
      const answer = await fetch(...request);
      readClock(answer.headers.get('date'), (askedAt + Date.now()) / 2);
      return answer;
    },
  });
}

/** @param date in whole seconds, so half a second ago on average. */
function readClock(date: string | null, at: number): void {
  const skew = Date.parse(date ?? '') + 500 - at;
  skewMs = Math.abs(skew) > toleranceMs ? skew : 0;
}
