import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { GraphQLError } from 'graphql';
import { createDocuments, type DocumentRequest, type Documents, readManifest } from '../../src/graphql/documents.ts';

const question = '{ xenditBudget { limit } }';
const other = '{ xenditBudget { remaining } }';

function hash(text: string, algorithm = 'sha256'): string {
  return createHash(algorithm).update(text).digest('hex');
}

/** `persistedQuery` as Apollo's clients send it. */
function persisted(text: string): DocumentRequest {
  return { extensions: { persistedQuery: { version: 1, sha256Hash: hash(text) } } };
}

/** The text, or the code of the refusal and its HTTP status. */
function found(documents: Documents, request: DocumentRequest): string {
  try {
    return documents.resolve(request);
  } catch (error) {
    const { code, http } = (error as GraphQLError).extensions as { code: string; http: { status: number } };
    return `${code} ${http.status}`;
  }
}

const remembering = { trusted: undefined, persisted: 2, maxCharacters: 1_000 };

test('a document that was sent with its hash may then be sent as its hash', () => {
  const documents = createDocuments(remembering);
  assert.equal(found(documents, persisted(question)), 'PERSISTED_QUERY_NOT_FOUND 200');
  assert.equal(found(documents, { ...persisted(question), query: question }), question);
  assert.equal(found(documents, persisted(question)), question);
  assert.equal(found(documents, { ...persisted(question), query: '' }), question);
  assert.throws(() => documents.resolve(persisted(other)), { message: 'PersistedQueryNotFound' });
});

test('a document is not remembered by the hash of another', () => {
  const documents = createDocuments(remembering);
  assert.equal(found(documents, { ...persisted(question), query: other }), 'PERSISTED_QUERY_MISMATCH 400');
  assert.equal(found(documents, persisted(question)), 'PERSISTED_QUERY_NOT_FOUND 200');
});

test('as many documents are remembered as are allowed, those that were asked for last', () => {
  const documents = createDocuments(remembering);
  for (const query of [question, other]) documents.resolve({ ...persisted(query), query });
  documents.resolve(persisted(question));
  documents.resolve({ ...persisted('{ a }'), query: '{ a }' });
  assert.equal(found(documents, persisted(question)), question);
  assert.equal(found(documents, persisted(other)), 'PERSISTED_QUERY_NOT_FOUND 200');
});

test('a text that is too long to run is not remembered', () => {
  const documents = createDocuments({ ...remembering, maxCharacters: other.length - 1 });
  assert.equal(found(documents, { ...persisted(other), query: other }), other);
  assert.equal(found(documents, persisted(other)), 'PERSISTED_QUERY_NOT_FOUND 200');
});

test('what is remembered has a limit in characters too', () => {
  const documents = createDocuments({ trusted: undefined, persisted: 100_000, maxCharacters: 3_000_000 });
  const texts = ['a', 'b', 'c'].map((letter) => letter.repeat(3_000_000));
  for (const query of texts) documents.resolve({ ...persisted(query), query });
  const [oldest = '', ...newer] = texts.map((text) => found(documents, persisted(text)).slice(0, 25));
  assert.equal(oldest, 'PERSISTED_QUERY_NOT_FOUND');
  assert.deepEqual(newer, ['b'.repeat(25), 'c'.repeat(25)]);
});

test('where none are remembered, clients are told to send the text', () => {
  const documents = createDocuments({ ...remembering, persisted: 0 });
  assert.equal(found(documents, persisted(question)), 'PERSISTED_QUERY_NOT_SUPPORTED 200');
  assert.equal(found(documents, { ...persisted(question), query: question }), question);
});

const nonsense: [string, DocumentRequest][] = [
  ['nothing', {}],
  ['an empty text', { query: '' }],
  ['an id where none is known', { documentId: hash(question) }],
  ['another version', { extensions: { persistedQuery: { version: 2, sha256Hash: hash(question) } } }],
  ['no hash', { extensions: { persistedQuery: { version: 1 } } }],
  ['a hash that is no text', { extensions: { persistedQuery: { version: 1, sha256Hash: { not: '' } } } }],
  ['a persistedQuery that is no object', { extensions: { persistedQuery: 'abc' } }],
];

for (const [name, request] of nonsense) {
  test(`${name}: no document is named`, () =>
    assert.equal(found(createDocuments(remembering), request), 'BAD_REQUEST 400'));
}

// graphql-codegen's client preset makes its hashes with SHA-1 unless told otherwise.
const manifest = JSON.stringify({ [hash(question, 'sha1')]: question });
const trusting = { ...remembering, trusted: readManifest(manifest) };
const refused = 'DOCUMENT_NOT_TRUSTED 400';

const trusted: [string, DocumentRequest, string][] = [
  ['its id', { documentId: hash(question, 'sha1') }, question],
  ['its SHA-256', { documentId: hash(question) }, question],
  ['its SHA-256 with a prefix', { documentId: `sha256:${hash(question)}` }, question],
  ['its hash as a persisted query', persisted(question), question],
  ['its text', { query: question }, question],
  ['its text and its id', { query: question, documentId: hash(question, 'sha1') }, question],
  ['its text and its hash', { ...persisted(question), query: question }, question],
  ['another text', { query: other }, refused],
  ['another text under its id', { query: other, documentId: hash(question, 'sha1') }, refused],
  ['another text under its hash', { ...persisted(question), query: other }, refused],
  ['another text with the hash of that', { ...persisted(other), query: other }, refused],
  ['its text under another id', { query: question, documentId: hash(other) }, refused],
  ['its text with a name', { query: `query IntrospectionQuery ${question}` }, refused],
  ['its text with an alias', { query: question.replace('limit', 'remaining: limit') }, refused],
  ['its text and one more operation', { query: `${question} ${other}` }, refused],
  ['an id that is no text', { documentId: [hash(question)] }, refused],
  ['an id that every object has', { documentId: '__proto__' }, refused],
  ['nothing', {}, refused],
];

for (const [name, request, answer] of trusted) {
  test(`with trusted documents, ${name}: ${answer === question ? 'runs' : 'is refused'}`, () =>
    assert.equal(found(createDocuments(trusting), request), answer));
}

test('with trusted documents nothing is learnt from clients', () => {
  const documents = createDocuments(trusting);
  found(documents, { ...persisted(other), query: other });
  assert.equal(found(documents, persisted(other)), refused);
});

for (const wrong of ['', '[]', '["{ a }"]', '{}', '{"a":1}', 'null', '"{ a }"']) {
  test(`${wrong || 'an empty file'} is no manifest`, () => assert.throws(() => readManifest(wrong), Error));
}
