/**
 * Where moments stand on a line: as far apart as they were in time, but never nearer than can be told apart, so that what took
 * milliseconds and what took days is seen on one line.
 *
 * @param times ascending, in milliseconds.
 * @param width of the line; it becomes longer where the moments need more.
 * @param gap between neighbours at least.
 * @returns each moment's distance from the beginning, and the length of the line.
 */
export function spread(times: readonly number[], width: number, gap: number): { places: number[]; length: number } {
  const [first = 0] = times;
  const span = (times.at(-1) ?? first) - first;
  const spare = Math.max(0, width - gap * (times.length - 1));
  const places = times.map((time, index) => index * gap + (span === 0 ? 0 : ((time - first) / span) * spare));
  return { places, length: Math.max(width, places.at(-1) ?? 0) };
}
