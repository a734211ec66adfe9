/** Where in a caller's arguments a field stands, which the service or Xendit knows by another name. */
export type Place = (field: readonly string[]) => string[];

/** Of an operation whose input has the service's own names. */
export const inInput: Place = (field) => ['input', ...field];

/** Of an operation that is given an id and nothing else. */
export const atId: Place = () => ['id'];

/**
 * Of an operation whose input has other names.
 *
 * @param places a field, such as `channelProperties.expires_at`, and where it stands in the input, such as
 * `channel.qrCode.expiresAt`. The longest beginning that fits counts; any other field stands under its own name.
 */
export function inInputAt(places: Readonly<Record<string, string>>): Place {
  const known = Object.entries(places)
    .map(([field, place]) => ({ names: field.split('.').map(inCamelCase), place: place.split('.') }))
    .sort((a, b) => b.names.length - a.names.length);
  return (field) => {
    const fits = known.find(({ names }) => names.every((name, depth) => name === inCamelCase(field[depth] ?? '')));
    return inInput(fits === undefined ? field : [...fits.place, ...field.slice(fits.names.length)]);
  };
}

/** Xendit's `expires_at` is our `expiresAt`. */
function inCamelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
