import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GraphQLError, parse } from 'graphql';
import { GatewayError } from '../../src/errors.ts';
import { maskError } from '../../src/graphql/masking.ts';

test('a mistake is told in few words, with few places, in writing that stays where it is', () => {
  const { definitions } = parse('{ a } { a } { a } { a } { a } { a } { a }');
  const { message, locations, extensions } = maskError(
    new GraphQLError(`\u202e\u0000\n${'😀'.repeat(200)}`, {
      nodes: definitions,
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED', limit: { name: 'depth', most: 10 }, http: { status: 400 } },
    }),
    'request-1',
  );
  assert.equal(message, `   ${'😀'.repeat(148)}…`);
  assert.equal(locations?.length, 5);
  assert.deepEqual(extensions, {
    code: 'GRAPHQL_VALIDATION_FAILED',
    requestId: 'request-1',
    limit: { name: 'depth', most: 10 },
  });
});

test('a fault of ours is told only to have happened', () => {
  const fault = new GraphQLError('at node_modules', { originalError: new Error('at node_modules') });
  assert.deepEqual(maskError(fault, 'request-1'), {
    message: 'Internal server error',
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'request-1' },
  });
});

test('a fault with a code is told as it is', () => {
  const fault = new GraphQLError('', { originalError: new GatewayError('NOT_FOUND', 'There is none') });
  assert.deepEqual(maskError(fault, 'request-1'), {
    message: 'There is none',
    extensions: { code: 'NOT_FOUND', requestId: 'request-1' },
  });
});
