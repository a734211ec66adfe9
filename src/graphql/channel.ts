import { InvalidInputError } from '../errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { ChannelInput } from './generated/types.ts';

/** A channel in Xendit's own words. */
export interface Channel {
  channelCode: string;
  channelProperties: JsonObject;
}

/** Xendit's names for what each kind of channel is told. */
const properties = {
  qrCode: { expiresAt: 'expires_at' },
  virtualAccount: {
    displayName: 'display_name',
    virtualAccountNumber: 'virtual_account_number',
    expiresAt: 'expires_at',
  },
  ewallet: {
    successReturnUrl: 'success_return_url',
    failureReturnUrl: 'failure_return_url',
    cancelReturnUrl: 'cancel_return_url',
    mobileNumber: 'account_mobile_number',
  },
  overTheCounter: { payerName: 'payer_name', paymentCode: 'payment_code', expiresAt: 'expires_at' },
} as const;

type Kind = keyof typeof properties;
type Given = { readonly [name: string]: string | Date | null | undefined };

/**
 * The one kind of channel that was given, with its properties by the names that Xendit has for them.
 *
 * @throws InvalidInputError none was given.
 */
export function toChannel(input: ChannelInput): Channel {
  const { other } = input;
  if (other) return { channelCode: other.code, channelProperties: other.properties as JsonObject };
  const kind = kindOf(input);
  const given = kind && input[kind];
  if (!kind || !given) throw new InvalidInputError([{ path: ['channel'], message: 'is needed' }]);
  return { channelCode: given.code, channelProperties: toProperties(properties[kind], given) };
}

/**
 * Where the fields of a channel stand in the input.
 *
 * @param at where the channel itself stands, such as `kind.pay.channel`.
 */
export function placesOfChannel(input: ChannelInput, at: string): Record<string, string> {
  if (input.other) return { channelCode: `${at}.other.code`, channelProperties: `${at}.other.properties` };
  const kind = kindOf(input);
  if (kind === undefined) return {};
  const named = Object.entries(properties[kind]);
  return {
    channelCode: `${at}.${kind}.code`,
    channelProperties: `${at}.${kind}`,
    ...Object.fromEntries(named.map(([own, xendits]) => [`channelProperties.${xendits}`, `${at}.${kind}.${own}`])),
  };
}

function kindOf(input: ChannelInput): Kind | undefined {
  return (Object.keys(properties) as Kind[]).find((kind) => input[kind]);
}

function toProperties(names: Readonly<Record<string, string>>, given: Given): JsonObject {
  return Object.fromEntries(
    Object.entries(names).flatMap(([own, xendits]) => {
      const value = given[own] ?? undefined;
      return value === undefined ? [] : [[xendits, value instanceof Date ? value.toISOString() : value]];
    }),
  );
}
