import assert from 'node:assert/strict';
import { rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { newApiKey } from '../../src/auth/api-keys.ts';
import { openKeyList } from '../../src/auth/key-list.ts';
import { type ApiKey, writeApiKey } from '../../src/model/api-key.ts';
import { temporaryFolder } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { bearer, connect, createSigner, open, readableLog, startKeyServer, verdict } from './support.ts';

const [till, office, spare] = [
  newApiKey('till', ['payments:read'], ''),
  newApiKey('office', ['payments:write', 'webhooks:manage'], 'branch-1'),
  newApiKey('spare', ['activity:read'], ''),
];

/** A file of keys that are written as whoever runs a gateway should: whole, and put in place by renaming. */
async function keyFile(
  t: TestContext,
  ...keys: ApiKey[]
): Promise<{ path: string; write(text: string): Promise<void> }> {
  const path = join(await temporaryFolder(t), 'keys');
  const write = async (text: string) => {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  };
  await write(keys.map(writeApiKey).join('\n'));
  return { path, write };
}

test('a key tells who calls, in which account and what it may', async (t) => {
  const { path } = await keyFile(t, office.kept);
  const auth = await open(t, { apiKeys: [till.kept], apiKeysFile: path });
  assert.deepEqual(await auth.identify(bearer(office.key)), {
    name: 'key:office',
    account: 'branch-1',
    scopes: new Set(['payments:write', 'webhooks:manage']),
    watched: undefined,
    expiresAt: undefined,
  });
  assert.equal(await verdict(auth, till.key), 'key:till');
});

test('what is not the whole of a key is nobody’s, nor is its hash', async (t) => {
  const auth = await open(t, { apiKeys: [till.kept, office.kept] });
  const last = till.key.at(-1) === 'A' ? 'B' : 'A';
  const wrong = [
    spare.key,
    till.key.slice(0, -1),
    `${till.key}A`,
    `${till.key.slice(0, -2)}${last}${till.key.at(-1)}`,
    till.key.toUpperCase(),
    till.key.slice(4),
    till.kept.hash,
    `xgk_${till.kept.hash}`,
    `xgk_${till.kept.hash.slice(0, 43)}`,
  ];
  for (const token of wrong) assert.equal(await verdict(auth, token), 'UNAUTHENTICATED', token);
});

test('a key that is added to the file, or moved by a link, counts without a restart', async (t) => {
  const [file, other] = [await keyFile(t, till.kept), await keyFile(t, spare.kept)];
  const auth = await open(t, { apiKeysFile: file.path, recheckMs: 5 });
  assert.equal(await verdict(auth, office.key), 'UNAUTHENTICATED');
  await file.write([till, office].map(({ kept }) => writeApiKey(kept)).join('\n'));
  await eventually('the office is known', async () => (await verdict(auth, office.key)) === 'key:office');
  await rm(file.path);
  await symlink(other.path, file.path);
  await eventually('the spare is known', async () => (await verdict(auth, spare.key)) === 'key:spare');
  assert.equal(await verdict(auth, till.key), 'UNAUTHENTICATED');
});

test('whoever is connected by a key that was taken out is let go, and whoever may do other things now is told', async (t) => {
  const file = await keyFile(t, till.kept, office.kept, spare.kept);
  const auth = await open(t, { apiKeysFile: file.path, recheckMs: 5 });
  const connected = await Promise.all([till, office, spare].map(({ key }) => connect(auth, key)));
  const [revoked, changed, same] = connected;
  const less: ApiKey = { ...office.kept, scopes: new Set(['payments:read', 'webhooks:manage']) };
  await file.write([less, spare.kept].map(writeApiKey).join('\n'));
  assert.equal(await revoked?.next(), 'UNAUTHENTICATED');
  assert.partialDeepStrictEqual(await changed?.next(), {
    name: 'key:office',
    account: 'branch-1',
    scopes: less.scopes,
  });
  await file.write([{ ...less, account: 'branch-2' }, spare.kept].map(writeApiKey).join('\n'));
  assert.partialDeepStrictEqual(await changed?.next(), { name: 'key:office', account: 'branch-2' });
  assert.deepEqual(same?.told, []);
  assert.equal(revoked?.told.length, 1);
});

test('an empty file revokes them all, but not those of the settings', async (t) => {
  const file = await keyFile(t, office.kept);
  const auth = await open(t, { apiKeys: [till.kept], apiKeysFile: file.path, recheckMs: 5 });
  const noOther = await open(t, { apiKeysFile: file.path });
  await assert.rejects(noOther.identify(undefined), { code: 'UNAUTHENTICATED' });
  const connected = await connect(auth, office.key);
  await file.write('# nobody\n');
  assert.equal(await connected.next(), 'UNAUTHENTICATED');
  assert.equal(await verdict(auth, till.key), 'key:till');
});

test('a wrong or missing file changes nothing, and is told once; mended, it counts', async (t) => {
  const { log, lines } = readableLog();
  const file = await keyFile(t, till.kept);
  const list = await openKeyList([], file.path, log);
  const lookTwice = async () => {
    for (const _ of [1, 2]) await list.refresh();
    return list.version();
  };
  await file.write(`${writeApiKey(office.kept)}\nspare:${spare.key}:activity:read`);
  assert.equal(await lookTwice(), 0);
  await rm(file.path);
  assert.equal(await lookTwice(), 0);
  assert.equal((await list.prove(till.key)).name, 'key:till');
  await assert.rejects(list.prove(office.key), { code: 'UNAUTHENTICATED' });

  await file.write(writeApiKey(office.kept));
  assert.equal(await lookTwice(), 1);
  assert.equal((await list.prove(office.key)).name, 'key:office');
  await assert.rejects(list.prove(till.key), { code: 'UNAUTHENTICATED' });
  await rm(file.path);
  await lookTwice();
  assert.deepEqual(
    lines.map(({ msg, reason = '' }) => [msg, reason.slice(0, 30)]),
    [
      ['the file of keys is wrong: the last ones stay', 'API_KEYS_FILE: line 2 is not n'],
      ['the file of keys can not be read: the last ones stay', 'ENOENT'],
      ['the file of keys has changed', ''],
      ['the file of keys can not be read: the last ones stay', 'ENOENT'],
    ],
  );
  assert.equal(JSON.stringify(lines).includes(spare.key), false);
});

test('whoever is connected stays while the file is wrong', async (t) => {
  const { log, lines } = readableLog();
  const file = await keyFile(t, till.kept);
  const auth = await open(t, { apiKeysFile: file.path, recheckMs: 5, log });
  const connected = await connect(auth, till.key);
  await file.write('something else');
  await eventually('the mistake is told', () => lines.length === 1);
  assert.deepEqual(connected.told, []);
  await file.write(writeApiKey(office.kept));
  assert.equal(await connected.next(), 'UNAUTHENTICATED');
});

test('a gateway with a file that can’t be read, or has a mistake, does not open', async (t) => {
  const file = await keyFile(t, till.kept);
  await assert.rejects(open(t, { apiKeysFile: `${file.path}.none` }), { code: 'ENOENT' });
  await assert.rejects(open(t, { apiKeys: [till.kept], apiKeysFile: file.path }), {
    message: 'API_KEYS_FILE: line 1 has the name of an earlier one',
  });
});

test('a key set that hangs holds up no key that was revoked', async (t) => {
  const signer = await createSigner('1');
  const server = await startKeyServer(t, signer);
  const file = await keyFile(t, till.kept);
  const auth = await open(t, {
    apiKeysFile: file.path,
    jwksUrl: server.url,
    jwksMaxAgeMs: 20,
    jwksTimeoutMs: 600_000,
    recheckMs: 5,
  });
  await connect(auth, await signer.sign());
  const connected = await connect(auth, till.key);
  server.status = 0;
  await server.asked();
  await file.write('');
  assert.equal(await connected.next(), 'UNAUTHENTICATED');
});
