/**
 * Runs work under a signal that fires when the time is up or the caller leaves.
 *
 * @param work gets the signal, and a function that tells how much time is left.
 */
export async function withDeadline<T>(
  timeoutMs: number,
  caller: AbortSignal | undefined,
  work: (deadline: AbortSignal, remainingMs: () => number) => Promise<T>,
): Promise<T> {
  const endsAt = performance.now() + timeoutMs;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DOMException('The time is up', 'TimeoutError')), timeoutMs);
  const leave = () => controller.abort(caller?.reason);
  if (caller?.aborted) leave();
  caller?.addEventListener('abort', leave, { once: true });
  try {
    return await work(controller.signal, () => endsAt - performance.now());
  } finally {
    clearTimeout(timer);
    caller?.removeEventListener('abort', leave);
  }
}
