/**
 * Makes the clock of the process that imports it wrong by `CLOCK_SKEW_MS`; with `CLOCK_JUMP_MS` it also jumps by that, back and
 * forth, each time it has been read a few times. Monotonic time goes on as it is.
 */
const skewMs = Number(process.env.CLOCK_SKEW_MS ?? 0);
const jumpMs = Number(process.env.CLOCK_JUMP_MS ?? 0);
const RealDate = Date;
let reads = 0;

function now(): number {
  reads += 1;
  return RealDate.now() + skewMs + (Math.floor(reads / 5) % 2 === 0 ? 0 : jumpMs);
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
