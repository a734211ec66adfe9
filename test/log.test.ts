import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settings } from '../src/config/settings.ts';
import { readConfig, secretsIn } from '../src/config.ts';
import { createLog, type Log } from '../src/log.ts';

/** What a log writes, in lines. */
function captured(write: (log: Log) => void, secrets: string[] = []): string[] {
  let written = '';
  const stream = {
    write(text: string) {
      written += text;
    },
  };
  write(createLog('trace', { secrets, stream }));
  assert.ok(written.endsWith('\n'));
  return written.slice(0, -1).split('\n');
}

const parse = (line = '') => JSON.parse(line) as Record<string, unknown>;

test('a line hides by name, by shape and by value, in its fields, its message and its errors, also those of children', () => {
  const secret = 'a-configured-secret';
  const lines = captured(
    (log) => {
      const child = log.child({ room: 'server', callbackToken: 'wrong-one' }, { level: 'debug' });
      child.debug({ headers: { cookie: 'a=b' }, deep: [{ email: 'x' }], said: secret }, `paid by budi@example.com`);
      const cause = new Error(`refused xnd_development_abcdef with ${secret}`);
      child.error({ err: new Error('phone +6281234567890', { cause }) }, 'it failed');
      child.info({ req: { method: 'GET', url: '/graphql?query=secret-words' } });
      child.info({ req: { method: 'GET', url: '/checkout/eyJhbGciOiJIUzI1NiJ9.eyJpZCI6InFyXzEifQ.c2lnbmVk' } });
    },
    [secret],
  );
  assert.equal(lines.length, 4);
  for (const leak of ['eyJ', 'wrong-one', 'a=b', '"x"', secret, 'budi@', 'xnd_dev', '+628', 'secret-words']) {
    assert.deepEqual(
      lines.filter((line) => line.includes(leak)),
      [],
      leak,
    );
  }
  const [first, second, third, fourth] = lines.map(parse);
  const { time, ...said } = first ?? {};
  assert.ok(!Number.isNaN(Date.parse(String(time))));
  assert.deepEqual(said, {
    level: 'debug',
    room: 'server',
    callbackToken: '[redacted]',
    headers: { cookie: '[redacted]' },
    deep: [{ email: '[redacted]' }],
    said: '[redacted]',
    msg: 'paid by [redacted]',
  });
  const { message, stack } = (second?.err ?? {}) as { message: string; stack: string };
  assert.match(message, /^phone \[redacted\]: refused \[redacted\] with \[redacted\]$/);
  assert.match(stack, /log\.test\.ts/);
  assert.deepEqual(third?.req, { method: 'GET', url: '/graphql' });
  assert.deepEqual(fourth?.req, { method: 'GET', url: '/checkout/[redacted]' });
});

const injected = [
  'a\r\n{"level":"fatal","msg":"forged"}',
  'a\u2028b\u2029c\u0085d',
  '\u001b[2J\u001b]0;owned\u0007',
  '\u009b31mred',
  'abc\u202etxt.exe\u2066\u200b',
  '\0\b\x7f',
  'a tag \u{e0041}',
];

for (const text of injected) {
  test(`${JSON.stringify(text)} is part of one line, and commands nobody who reads it`, () => {
    const lines = captured((log) => log.info({ [text]: text, err: new Error(text) }, text));
    assert.equal(lines.length, 1);
    assert.doesNotMatch(lines[0] ?? '', /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    assert.deepEqual([parse(lines[0]).msg, parse(lines[0])[text]], [text, text]);
  });
}

/** What is set, with a mark for each secret in it, which no shape tells from other words. */
const secretSettings = {
  XENDIT_SECRET_KEY: ['xnd_development_marked', 'xnd_development_marked'],
  XENDIT_CALLBACK_TOKENS: ['first marked word,second marked word', 'first marked word', 'second marked word'],
  ACCOUNT_CALLBACK_TOKENS: ['a=third marked word,b=fourth marked word', 'third marked word', 'fourth marked word'],
  CURSOR_SECRET: ['fifth marked word', 'fifth marked word'],
  AUTH_JWT_SECRET: ['sixth marked word of 32 characters', 'sixth marked word of 32 characters'],
  WATCH_TOKEN_SECRET: ['seventh marked word of 32 letters', 'seventh marked word of 32 letters'],
  DATABASE_URL: ['postgres://me:eighthmarkedword@db/x', 'eighthmarkedword'],
  REDIS_URL: ['redis://me:ninthmarkedword@cache', 'ninthmarkedword'],
} as const;

test('every secret that can be set is hidden in the log by its value', () => {
  const named = settings.filter(
    ({ name }) => /_(SECRET|SECRET_KEY|CALLBACK_TOKENS)$/.test(name) || /^(DATABASE|REDIS)_URL$/.test(name),
  );
  assert.deepEqual(named.map(({ name }) => name).sort(), Object.keys(secretSettings).sort());
  const environment = Object.fromEntries(Object.entries(secretSettings).map(([name, [value]]) => [name, value]));
  const secrets = secretsIn(readConfig(environment));
  for (const [name, [, ...marks]] of Object.entries(secretSettings)) {
    for (const mark of marks) {
      const [line = ''] = captured((log) => log.info({ said: `it is ${mark}.` }, `not ${mark}?`), secrets);
      assert.partialDeepStrictEqual(parse(line), { said: 'it is [redacted].', msg: 'not [redacted]?' }, name);
    }
  }
});
