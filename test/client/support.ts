import assert from 'node:assert/strict';
import type { Asking } from '../support/qr-codes.ts';

/** A token to watch something by its id. */
export async function issueToken(gateway: Asking, id: string): Promise<string> {
  const { data, errors } = await gateway.ask<{ createWatchToken: { watchToken?: { token: string } } }>(
    `mutation ($id: ID!) { createWatchToken(input: { id: $id }) { ... on CreateWatchTokenPayload { watchToken { token } } } }`,
    { id },
  );
  return data?.createWatchToken.watchToken?.token ?? assert.fail(JSON.stringify(errors));
}
