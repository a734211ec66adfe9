import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenIn } from '../../web/graphiql/fetcher.ts';

test('headers name a token, none, or are unfinished', () => {
  const table: [headers: string, token: string | undefined][] = [
    ['{"Authorization": "Bearer eyJ"}', 'eyJ'],
    ['{"authorization": "bearer xgw_1 "}', 'xgw_1'],
    ['{"Authorization": "Bearer "}', ''],
    ['{"Authorization": ""}', ''],
    ['{}', ''],
    ['', ''],
    ['{"Authorization": "Bearer eyJ', undefined],
  ];
  for (const [headers, token] of table) assert.equal(tokenIn(headers), token, headers);
});
