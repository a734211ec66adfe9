import assert from 'node:assert/strict';
import { type Asking, type Failure, failure } from './qr-codes.ts';

export type { Asking };

/** A mutation's result: its payload, or a failure. */
export type Result<T> = Failure & Partial<T>;

/**
 * Asks for one mutation that takes an input.
 *
 * @param name such as `createRefund`.
 * @param payload what is shown of its payload, such as `refund { id }`.
 */
export async function mutate<T>(gateway: Asking, name: string, payload: string, input: object): Promise<Result<T>> {
  const type = typeOf(name);
  const document = `mutation ($input: ${type}Input!) { result: ${name}(input: $input) { ${shown(type, payload)} } }`;
  return resultOf(await gateway.ask<{ result: Result<T> }>(document, { input }));
}

/** Asks for one mutation that takes an id and nothing else. */
export async function mutateById<T>(gateway: Asking, name: string, payload: string, id: string): Promise<Result<T>> {
  const document = `mutation ($id: ID!) { result: ${name}(id: $id) { ${shown(typeOf(name), payload)} } }`;
  return resultOf(await gateway.ask<{ result: Result<T> }>(document, { id }));
}

/** What must have come to be. */
export function done<T>(thing: T | null | undefined, { __typename, message }: Failure): T {
  return thing ?? assert.fail(`${__typename}: ${message}`);
}

/** A failure's type and the code that Xendit gave. */
export function refusal({ __typename, xenditCode }: Failure): [type: string, xenditCode: string | null] {
  return [__typename, xenditCode];
}

/** Where an input is wrong, as dotted text. */
export function wrongFields({ __typename, fields }: Failure): string[] {
  assert.equal(__typename, 'InvalidInput');
  return (fields ?? []).map(({ path }) => path.join('.')).sort();
}

function shown(type: string, payload: string): string {
  return `__typename ... on ${type}Payload { ${payload} } ${failure}`;
}

function typeOf(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function resultOf<T>({ data, errors }: { data?: { result: T } | null; errors?: unknown }): T {
  return data?.result ?? assert.fail(JSON.stringify(errors));
}
