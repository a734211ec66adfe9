import { findPlaces, type Place, pathOf } from './places.ts';

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

/** Names that mean a card's only within a `card`. */
const namesInCard = new Set(['number', 'expiry', 'expirydate', 'expdate', 'expmonth', 'expyear']);

/** What is told to a channel, where a number may be a card's under any name, except those of numbers that aren't. */
const properties = 'channelproperties';
const otherNumbers = /account|mobile|phone|paymentcode|reference|id$/;

/**
 * The paths of raw card data anywhere in an input, by the names that it goes by, however deep; in the properties of a channel
 * also by the check digit of a card's number.
 */
export function findCardData(input: unknown): string[][] {
  return findPlaces(input, (place) => isCardName(place.name, place.parent?.name ?? '') || isCardNumber(place)).map(
    pathOf,
  );
}

/**
 * Whether a name is one that raw card data goes by, however it is spelt.
 *
 * @param parent the name of what it stands in; empty at the top.
 */
export function isCardName(name: string, parent: string): boolean {
  const letters = lettersOf(name);
  return names.has(letters) || (namesInCard.has(letters) && /^cards?$/.test(lettersOf(parent)));
}

function isCardNumber(place: Place): boolean {
  const { name, value } = place;
  if ((typeof value !== 'string' && typeof value !== 'number') || otherNumbers.test(lettersOf(name))) return false;
  const digits = String(value).replace(/[ -]/g, '');
  return /^\d{13,19}$/.test(digits) && hasCheckDigit(digits) && isInProperties(place);
}

/** By the formula of Luhn, which nine of ten other numbers fail. @param digits nothing else. */
export function hasCheckDigit(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const weighed = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return sum % 10 === 0;
}

function isInProperties(place: Place): boolean {
  for (let at: Place | undefined = place; at !== undefined; at = at.parent) {
    if (lettersOf(at.name) === properties) return true;
  }
  return false;
}

/** A name without its spelling: `card_number`, `cardNumber` and `Card-Number` are `cardnumber`. */
export function lettersOf(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^a-z]/g, '');
}
