/** A value within an input and the way to it. */
export interface Place {
  value: unknown;
  /** Empty at the top. */
  name: string;
  parent: Place | undefined;
}

/** Whatever fits within an input, however deep; what fits isn't looked into. */
export function findPlaces(input: unknown, fits: (place: Place) => boolean): Place[] {
  const found: Place[] = [];
  const places: Place[] = [{ value: input, name: '', parent: undefined }];
  // No recursion, since an input may nest more deeply than the stack; the list grows on the way.
  for (const parent of places) {
    if (typeof parent.value !== 'object' || parent.value === null) continue;
    for (const [name, value] of Object.entries(parent.value)) {
      if (value === undefined) continue;
      const place = { value, name, parent };
      (fits(place) ? found : places).push(place);
    }
  }
  return found;
}

/** The names that lead to it from the top. */
export function pathOf(place: Place): string[] {
  const path: string[] = [];
  for (let at = place; at.parent !== undefined; at = at.parent) path.push(at.name);
  return path.toReversed();
}
