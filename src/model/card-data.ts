/** What an input is told that has card data in it. The message never repeats a value. */
export const cardDataMessage = "card data must not pass through here: use Xendit's own components";

/** Names under which the data of a card travels, however they are spelt: letters only, in lower case. */
const names = new Set([
  'carddetails',
  'cardnumber',
  'cardno',
  'pan',
  'accountnumberpan',
  'primaryaccountnumber',
  'cvn',
  'cvv',
  'cvc',
  'cardcvn',
  'cardcvv',
  'cardcvc',
  'securitycode',
  'cardsecuritycode',
  'expirymonth',
  'expiryyear',
  'cardexpirymonth',
  'cardexpiryyear',
]);

/** A value and the way to it. */
interface Place {
  value: unknown;
  name: string;
  parent: Place | undefined;
}

/** The paths of raw card data anywhere in an input, by the names that it goes by, however deep. */
export function findCardData(input: unknown): string[][] {
  const found: string[][] = [];
  const places: Place[] = [{ value: input, name: '', parent: undefined }];
  // No recursion, since an input may nest more deeply than the stack; the list grows on the way.
  for (const parent of places) {
    if (typeof parent.value !== 'object' || parent.value === null) continue;
    for (const [name, value] of Object.entries(parent.value)) {
      if (value === undefined) continue;
      const place = { value, name, parent };
      if (isCardName(name)) found.push(pathOf(place));
      else places.push(place);
    }
  }
  return found;
}

function isCardName(name: string): boolean {
  const letters = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^a-z]/g, '');
  return names.has(letters);
}

function pathOf(place: Place): string[] {
  const path: string[] = [];
  for (let at = place; at.parent !== undefined; at = at.parent) path.push(at.name);
  return path.toReversed();
}
