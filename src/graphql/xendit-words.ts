/** For each field of a parent that holds a word of Xendit's, the words that the contract knows. */
type Lists = Readonly<Record<string, Readonly<Record<string, string>>>>;

type Parent<L extends Lists> = { readonly [F in keyof L]?: string | undefined };

type Resolved<L extends Lists> = {
  [F in keyof L]: (parent: Parent<L>) => L[F][keyof L[F]] | undefined;
} & {
  [F in keyof L & string as `xendit${Capitalize<F>}`]: (parent: Parent<L>) => string | undefined;
};

/**
 * Resolvers for fields that show a word of Xendit's: `type` as the contract's list knows it, with UNKNOWN for a stranger, and
 * `xenditType` beside it as it came. Neither is there where Xendit has said nothing.
 *
 * @param lists a field and the generated enum that it is shown as.
 */
export function xenditWords<const L extends Lists>(lists: L): Resolved<L> {
  const resolvers = Object.entries(lists).flatMap(([field, list]) => {
    const known = new Set(Object.values(list));
    return [
      [field, ({ [field]: word }: Parent<L>) => (word === undefined || known.has(word) ? word : 'UNKNOWN')],
      [`xendit${field[0]?.toUpperCase()}${field.slice(1)}`, ({ [field]: word }: Parent<L>) => word],
    ];
  });
  return Object.fromEntries(resolvers) as Resolved<L>;
}
