const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Whether a URL leads to this machine, so that nobody else reads what is sent there. */
export function isLoopback(url: URL): boolean {
  return loopback.has(url.hostname);
}
