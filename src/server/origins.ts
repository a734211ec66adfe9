/** Which web pages may speak to the gateway; programs that are no browser send no `Origin` and may always. */
export interface Origins {
  /** @param host the header `Host`: a page that the gateway itself serves may speak to it. */
  isAllowed(origin: string | undefined, host: string | undefined): boolean;
}

export interface OriginsOptions {
  /** Such as `https://shop.example`. */
  allowed: readonly string[];
  /** Whether any page of this machine may, as while a front end is being written. */
  allowLoopback: boolean;
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

export function createOrigins({ allowed, allowLoopback }: OriginsOptions): Origins {
  const named = new Set(allowed.map((origin) => URL.parse(origin)?.origin));
  return {
    isAllowed(origin, host) {
      if (origin === undefined) return true;
      const url = URL.parse(origin);
      if (url === null) return false;
      return named.has(url.origin) || url.host === host || (allowLoopback && loopback.has(url.hostname));
    },
  };
}
