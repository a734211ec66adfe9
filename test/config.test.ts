import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { settings } from '../src/config/settings.ts';
import { tracingSettings } from '../src/config/tracing-settings.ts';
import { ConfigError, type Environment, readConfig, secretsIn } from '../src/config.ts';
import { writeApiKey } from '../src/model/api-key.ts';

/** What is wrong with an environment. */
function problems(environment: Environment): string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const secret = 'a secret that nobody can guess at all';
const live = { XENDIT_SECRET_KEY: 'xnd_production_abc', XENDIT_CALLBACK_TOKENS: 'token', AUTH_JWT_SECRET: secret };
const hash = '0a'.repeat(32);

test('nothing need be set', () => {
  assert.deepEqual(readConfig({}), {
    port: 4000,
    host: '127.0.0.1',
    publicUrl: undefined,
    dataDir: './data',
    databaseUrl: undefined,
    databasePoolSize: 10,
    databaseTimeoutMs: 3_000,
    databaseWaitTimeoutMs: 1_000,
    redisUrl: undefined,
    redisPrefix: 'xendit-graphql',
    redisTimeoutMs: 500,
    busPingMs: 2_000,
    busReconnectMaxMs: 2_000,
    xenditSecretKey: undefined,
    xenditBaseUrl: 'https://api.xendit.co',
    xenditTimeoutMs: 10_000,
    xenditConnectTimeoutMs: 2_500,
    xenditConnections: 64,
    xenditQueueTimeoutMs: 1_000,
    callbackTokens: ['sandbox-callback-token'],
    accountCallbackTokens: new Map(),
    businessId: undefined,
    verifyWebhooks: false,
    introspection: true,
    sandboxPort: 4010,
    sandboxWebhookUrls: [],
    readMaxAgeMs: 2_000,
    xenditRequestsPerMinute: 60,
    qrApi: 'v1',
    breakerWindowMs: 10_000,
    breakerMinCalls: 10,
    breakerProbeAfterMs: 30_000,
    reconcileSharePercent: 50,
    reconcileEveryMs: 1_000,
    reconcileBatchSize: 20,
    settleEveryMs: 30_000,
    onceKeyMaxAgeMs: 604_800_000,
    redriveEveryMs: 10_000,
    redriveBatchSize: 100,
    redriveAttempts: 5,
    redrivePauseMs: 30_000,
    changeMaxAgeMs: 7_776_000_000,
    webhookMaxAgeMs: 7_776_000_000,
    pruneEveryMs: 3_600_000,
    pruneBatchSize: 1_000,
    cursorSecret: undefined,
    feedPollMs: 500,
    ledgerGroupSize: 256,
    ledgerGroupBytes: 4_194_304,
    ledgerQueueLimit: 10_000,
    ledgerQueueBytes: 67_108_864,
    ledgerTimeoutMs: 4_000,
    isOpen: true,
    authJwksUrl: undefined,
    authJwksMaxAgeMs: 600_000,
    authJwksCooldownMs: 30_000,
    authJwksTimeoutMs: 5_000,
    authJwtSecret: undefined,
    authIssuer: undefined,
    authAudience: undefined,
    authClockToleranceMs: 2_000,
    authRecheckMs: 2_000,
    apiKeys: [],
    apiKeysFile: undefined,
    watchTokenSecret: undefined,
    watchTokenMaxAgeMs: 3_600_000,
    metricsToken: undefined,
    graphqlMaxCharacters: 10_000,
    graphqlMaxTokens: 1_000,
    graphqlMaxDepth: 10,
    graphqlMaxSelections: 300,
    graphqlMaxAliases: 15,
    graphqlMaxDirectives: 20,
    graphqlMaxList: 100,
    graphqlMaxNesting: 20,
    graphqlMaxVariableValues: 1_000,
    graphqlMaxCost: 5_000,
    isLive: false,
    pages: ['start', 'graphiql', 'checkout', 'console'],
    trustedDocuments: undefined,
    persistedQueries: 1_000,
    webhookMaxBytes: 262_144,
    webhookRefusalsLogMs: 60_000,
    graphqlMaxBytes: 262_144,
    socketMaxBytes: 262_144,
    socketInitTimeoutMs: 3_000,
    subscriptionsPerSocket: 50,
    socketsPerAddress: 200,
    socketsPerCaller: 20,
    operationsPerMinute: 6_000,
    wrongProofsPerMinute: 30,
    trustedProxies: [],
    socketMessagesPerSecond: 100,
    socketBufferBytes: 1_048_576,
    socketHeartbeatMs: 12_000,
    slowReaderMs: 30_000,
    sharedResultMs: 1_000,
    allowedOrigins: [],
    operationTimeoutMs: 15_000,
    requestTimeoutMs: 15_000,
    headersTimeoutMs: 10_000,
    connectionCheckMs: 2_000,
    maxConnections: 10_000,
    drainSpreadMs: 8_000,
    drainTimeoutMs: 15_000,
    logLevel: 'info',
  });
});

test('every setting is read from the environment', () => {
  const whole = settings.filter((setting) => 'unit' in setting || setting.name.endsWith('PORT'));
  const numbers = Object.fromEntries(whole.map(({ name }, index) => [name, String(2_000 + index)]));
  numbers.DATABASE_POOL_SIZE = '7';
  numbers.XENDIT_CONNECTIONS = '8';
  numbers.RECONCILE_SHARE_PERCENT = '9';
  numbers.RECONCILE_BATCH_SIZE = '10';
  numbers.ONCE_KEY_MAX_AGE_MS = '100000000';
  numbers.REDRIVE_BATCH_SIZE = '11';
  numbers.REDRIVE_ATTEMPTS = '6';
  numbers.CHANGE_MAX_AGE_MS = '700000000';
  numbers.WEBHOOK_MAX_AGE_MS = '800000000';
  numbers.WATCH_TOKEN_MAX_AGE_MS = '90000';
  numbers.GRAPHQL_MAX_DEPTH = '12';
  numbers.GRAPHQL_MAX_NESTING = '13';
  const texts = {
    ...live,
    HOST: 'localhost',
    PUBLIC_URL: 'https://pay.example.com/gateway/',
    DATA_DIR: '/var/lib/gateway',
    DATABASE_URL: 'postgres://somebody@db/payments',
    XENDIT_BASE_URL: 'https://xendit.test/',
    REDIS_URL: 'rediss://somebody@redis:6380/1',
    REDIS_PREFIX: 'shop-1',
    XENDIT_QR_API: 'v2',
    PAGES: 'console',
    VERIFY_WEBHOOKS: 'on',
    ACCOUNT_CALLBACK_TOKENS: 'a=b',
    XENDIT_BUSINESS_ID: 'own',
    SANDBOX_WEBHOOK_URLS: 'http://gateway.test/webhooks/xendit',
    TRUSTED_PROXIES: '10.0.0.0/8',
    ALLOWED_ORIGINS: 'https://shop.example',
    CURSOR_SECRET: 'secret',
    AUTH_JWKS_URL: 'https://login.example/keys/',
    AUTH_ISSUER: 'https://login.example',
    AUTH_AUDIENCE: 'gateway',
    API_KEYS: `till:${hash}:payments:read@branch-1`,
    API_KEYS_FILE: '/run/secrets/keys',
    WATCH_TOKEN_SECRET: `${secret}, nor this`,
    METRICS_TOKEN: `${secret}, nor that`,
    INTROSPECTION: 'off',
    TRUSTED_DOCUMENTS: '/etc/gateway/persisted-documents.json',
    LOG_LEVEL: 'silent',
  };
  const { isOpen, isLive, ...config } = readConfig({ ...numbers, ...texts });
  assert.deepEqual([isOpen, isLive], [false, true]);
  const told = Object.values({ ...config, apiKeys: config.apiKeys.map(writeApiKey) })
    .flatMap((value) => (value instanceof Map ? [...value].map(([name, one]) => `${name}=${one}`) : value))
    .map(String);
  const expected = {
    ...numbers,
    ...texts,
    PUBLIC_URL: 'https://pay.example.com/gateway',
    XENDIT_BASE_URL: 'https://xendit.test',
    VERIFY_WEBHOOKS: 'true',
    INTROSPECTION: 'false',
  };
  assert.deepEqual(told.toSorted(), Object.values(expected).toSorted());
  assert.equal(told.length, settings.length);
});

test('an empty variable counts as absent, and blanks around a value don’t count', () => {
  const empty = Object.fromEntries(settings.map(({ name }) => [name, ' ']));
  assert.deepEqual(readConfig(empty), readConfig({}));
  assert.equal(readConfig({ PORT: ' 80 ' }).port, 80);
});

test('Xendit allows ten times as many calls in live mode, unless told otherwise', () => {
  assert.equal(readConfig({ ...live }).xenditRequestsPerMinute, 600);
  assert.equal(readConfig({ ...live, XENDIT_SECRET_KEY: 'xnd_development_abc' }).xenditRequestsPerMinute, 60);
  assert.equal(readConfig({ ...live, XENDIT_REQUESTS_PER_MINUTE: '30' }).xenditRequestsPerMinute, 30);
});

test('a live key goes out encrypted, or not beyond this machine', () => {
  const [wrong = ''] = problems({ ...live, XENDIT_BASE_URL: 'http://xendit.test' });
  assert.match(wrong, /^XENDIT_BASE_URL must begin with https/);
  assert.equal(wrong.includes(live.XENDIT_SECRET_KEY), false);
  assert.deepEqual(problems({ ...live, XENDIT_BASE_URL: 'http://127.0.0.1:4010' }), []);
  const test = { ...live, XENDIT_SECRET_KEY: 'xnd_development_abc' };
  assert.deepEqual(problems({ ...test, XENDIT_BASE_URL: 'http://sandbox:4010' }), []);
});

test('with a live key the contract is told to nobody, unless it is to be', () => {
  assert.equal(readConfig({ ...live }).introspection, false);
  assert.equal(readConfig({ ...live, INTROSPECTION: 'on' }).introspection, true);
  assert.equal(readConfig({ ...live, XENDIT_SECRET_KEY: 'xnd_development_abc' }).introspection, true);
});

test('callback tokens are separated by commas', () => {
  assert.deepEqual(readConfig({ XENDIT_CALLBACK_TOKENS: ' new, old,,' }).callbackTokens, ['new', 'old']);
});

test('with a key, no token is accepted but those that are set', () => {
  assert.deepEqual(readConfig({ ...live, XENDIT_CALLBACK_TOKENS: '' }).callbackTokens, []);
  assert.deepEqual(readConfig({ ...live, XENDIT_CALLBACK_TOKENS: ' , ' }).callbackTokens, []);
});

test('a sub-account has tokens of its own, several while they are changed, and none that another has', () => {
  const read = (tokens: string, more: Environment = {}) =>
    readConfig({ ...live, ACCOUNT_CALLBACK_TOKENS: tokens, ...more });
  const { accountCallbackTokens, businessId } = read(' a=old, b = other== ,a=new,,__proto__=p', {
    XENDIT_BUSINESS_ID: 'own',
  });
  assert.deepEqual(
    [...accountCallbackTokens],
    [
      ['a', ['old', 'new']],
      ['b', ['other==']],
      ['__proto__', ['p']],
    ],
  );
  assert.equal(businessId, 'own');
  for (const [tokens, problem] of [
    ['a=hidden,hidden', 'must be written account=token: entry 2 is not'],
    ['=hidden', 'must be written account=token: entry 1 is not'],
    ['a=', 'must be written account=token: entry 1 is not'],
    ['a/b=hidden', 'must be written account=token: entry 1 is not'],
    ['a=hidden,b=hidden', 'gives b a token that a has: it would prove neither'],
    ['a=token', 'gives a a token that the owner has: it would prove neither'],
  ] as const) {
    assert.deepEqual(problems({ ...live, ACCOUNT_CALLBACK_TOKENS: tokens }), [`ACCOUNT_CALLBACK_TOKENS ${problem}`]);
  }
  assert.deepEqual(problems({ ACCOUNT_CALLBACK_TOKENS: 'a=sandbox-callback-token' }), [
    'ACCOUNT_CALLBACK_TOKENS gives a a token that the owner has: it would prove neither',
  ]);
  assert.deepEqual(problems({ ...live, XENDIT_BUSINESS_ID: 'a', ACCOUNT_CALLBACK_TOKENS: 'a=hidden' }), [
    'XENDIT_BUSINESS_ID is your own: a sub-account of ACCOUNT_CALLBACK_TOKENS has it',
  ]);
  assert.deepEqual(problems({ ...live, XENDIT_BUSINESS_ID: 'two words' }), [
    'XENDIT_BUSINESS_ID must be made of letters, digits, hyphens and underscores',
  ]);
});

test('all mistakes are named at once', () => {
  const mistakes = {
    PORT: 'http',
    DATABASE_URL: 'mysql://db',
    LOG_LEVEL: 'loud',
    XENDIT_SECRET_KEY: 'sk_live',
    AUTH_JWT_SECRET: 'short',
  };
  const found = problems(mistakes);
  const named = ['XENDIT_SECRET_KEY', 'LOG_LEVEL', 'PORT', 'AUTH_JWT_SECRET', 'DATABASE_URL'];
  assert.deepEqual(
    found.map((problem) => problem.split(' ')[0]),
    named,
  );
  assert.throws(
    () => readConfig(mistakes),
    (error: Error) => {
      for (const problem of found) assert.ok(error.message.includes(problem), problem);
      return error.message.startsWith('The configuration has 5 mistakes:\n');
    },
  );
});

const mistakes: [Environment, RegExp][] = [
  [{ PORT: '-1' }, /^PORT must be a whole number within 0 and 65535, not "-1"$/],
  [{ PORT: '65536' }, /^PORT /],
  [{ PORT: '4000.5' }, /^PORT /],
  [{ PORT: '1e3' }, /^PORT /],
  [{ PORT: '0x10' }, /^PORT /],
  [{ DATABASE_POOL_SIZE: '1' }, /^DATABASE_POOL_SIZE .* within 2 and/],
  [{ REDIS_URL: 'http://redis' }, /^REDIS_URL .*redis:\/\/ or rediss:\/\/$/],
  [{ REDIS_PREFIX: 'a b' }, /^REDIS_PREFIX /],
  [{ REDIS_TIMEOUT_MS: '9' }, /^REDIS_TIMEOUT_MS .* within 10 and/],
  [{ BUS_PING_MS: '0' }, /^BUS_PING_MS /],
  [{ BUS_RECONNECT_MAX_MS: '99' }, /^BUS_RECONNECT_MAX_MS /],
  [{ WEBHOOK_MAX_BYTES: '1' }, /^WEBHOOK_MAX_BYTES /],
  [{ XENDIT_QR_API: 'v3' }, /^XENDIT_QR_API must be v1 or v2$/],
  [{ PAGES: 'checkout,shop' }, /^PAGES must be none, or of start, graphiql, checkout, console, separated by commas$/],
  [{ INTROSPECTION: 'no' }, /^INTROSPECTION must be on or off$/],
  [{ VERIFY_WEBHOOKS: 'yes' }, /^VERIFY_WEBHOOKS must be on or off$/],
  [{ VERIFY_WEBHOOKS: 'on', RECONCILE_SHARE_PERCENT: '0' }, /^VERIFY_WEBHOOKS needs .*RECONCILE_SHARE_PERCENT/],
  [{ DATABASE_WAIT_TIMEOUT_MS: '4000' }, /^DATABASE_WAIT_TIMEOUT_MS must be less than LEDGER_TIMEOUT_MS$/],
  [{ XENDIT_REQUESTS_PER_MINUTE: '0' }, /^XENDIT_REQUESTS_PER_MINUTE .* within 1 and/],
  [{ RECONCILE_SHARE_PERCENT: '101' }, /^RECONCILE_SHARE_PERCENT .* within 0 and 100,/],
  [{ RECONCILE_EVERY_MS: '0' }, /^RECONCILE_EVERY_MS /],
  [{ ONCE_KEY_MAX_AGE_MS: '86399999' }, /^ONCE_KEY_MAX_AGE_MS .* within 86400000 and/],
  [{ CHANGE_MAX_AGE_MS: '604799999' }, /^CHANGE_MAX_AGE_MS .* within 604800000 and/],
  [{ WEBHOOK_MAX_AGE_MS: '604799999' }, /^WEBHOOK_MAX_AGE_MS .* within 604800000 and/],
  [{ GRAPHQL_MAX_DEPTH: '0' }, /^GRAPHQL_MAX_DEPTH .* within 1 and 100,/],
  [{ GRAPHQL_MAX_TOKENS: '5001' }, /^GRAPHQL_MAX_TOKENS /],
  [{ ALLOWED_ORIGINS: 'https://shop.example, https://a.example/page' }, /^ALLOWED_ORIGINS .*"https:..a.example.page"$/],
  [{ TRUSTED_PROXIES: 'loopback,10.0.0.0/8,proxy' }, /^TRUSTED_PROXIES must name addresses and ranges: .*proxy$/],
  [{ PUBLIC_URL: 'ftp://example.com' }, /^PUBLIC_URL must be a URL that begins with http:\/\/ or https:\/\/$/],
  [{ PUBLIC_URL: 'example.com' }, /^PUBLIC_URL /],
  [{ SANDBOX_WEBHOOK_URLS: 'http://a, b' }, /^SANDBOX_WEBHOOK_URLS .*not "b"$/],
  [{ XENDIT_BASE_URL: 'api.xendit.co' }, /^XENDIT_BASE_URL /],
  [{ DATABASE_URL: 'file:./db' }, /^DATABASE_URL .*postgres:\/\/ or postgresql:\/\/$/],
  [{ LOG_LEVEL: 'INFO' }, /^LOG_LEVEL must be one of trace, /],
  [
    { ...live, AUTH_JWT_SECRET: '' },
    /^XENDIT_SECRET_KEY needs .*AUTH_JWKS_URL or AUTH_JWT_SECRET or API_KEYS or API_KEYS_FILE$/,
  ],
  [{ AUTH_JWT_SECRET: 'x'.repeat(31) }, /^AUTH_JWT_SECRET must have at least 32 characters/],
  [{ WATCH_TOKEN_SECRET: 'x'.repeat(31) }, /^WATCH_TOKEN_SECRET must have at least 32 characters/],
  [{ WATCH_TOKEN_MAX_AGE_MS: '59999' }, /^WATCH_TOKEN_MAX_AGE_MS .* within 60000 and 604800000,/],
  [{ AUTH_RECHECK_MS: '0' }, /^AUTH_RECHECK_MS /],
  [{ AUTH_CLOCK_TOLERANCE_MS: '-1' }, /^AUTH_CLOCK_TOLERANCE_MS /],
  [{ AUTH_JWKS_URL: 'http://login.example/keys' }, /^AUTH_JWKS_URL must be a URL that begins with https:/],
  [{ AUTH_JWKS_URL: 'http://127.0.0.1.login.example/keys' }, /^AUTH_JWKS_URL /],
  [{ AUTH_JWKS_URL: 'file:///keys' }, /^AUTH_JWKS_URL /],
  [{ AUTH_JWKS_URL: 'https://somebody@login.example/keys' }, /^AUTH_JWKS_URL .*names no user$/],
  [
    { XENDIT_SECRET_KEY: live.XENDIT_SECRET_KEY, AUTH_JWKS_URL: 'https://login.example/keys' },
    /^AUTH_AUDIENCE must be set with a live key/,
  ],
  [{ AUTH_ISSUER: 'https://login.example' }, /^AUTH_ISSUER is for tokens/],
  [{ API_KEYS: `till:${hash}:payments:read`, AUTH_AUDIENCE: 'gateway' }, /^AUTH_AUDIENCE is for tokens/],
  [{ API_KEYS: ',' }, /^API_KEYS has no key in it$/],
  [{ API_KEYS: `till:${hash}:payments:read,xgk_key` }, /^API_KEYS: entry 2 is not name:SHA-256 of the key:scopes/],
  [{ ...live, XENDIT_SECRET_KEY: 'Basic eG5k' }, /^XENDIT_SECRET_KEY must begin with xnd_/],
];

for (const [environment, problem] of mistakes) {
  test(`${JSON.stringify(environment)} is a mistake`, () => {
    const [only = '', ...more] = problems(environment);
    assert.match(only, problem);
    assert.deepEqual(more, []);
  });
}

test('a secret is in no message', () => {
  assert.equal(
    problems({ XENDIT_SECRET_KEY: 'sk_secret', XENDIT_CALLBACK_TOKENS: 'token' }).join().includes('sk_secret'),
    false,
  );
  const secrets = {
    DATABASE_URL: 'mysql://user:hidden@db',
    AUTH_JWT_SECRET: 'hidden',
    WATCH_TOKEN_SECRET: 'hidden',
    METRICS_TOKEN: 'hidden',
    AUTH_JWKS_URL: 'https://user:hidden@login.example',
    API_KEYS: 'hidden,till:hidden:payments:read',
  };
  assert.deepEqual(
    problems(secrets).filter((problem) => problem.includes('hidden')),
    [],
  );
  assert.equal(problems(secrets).length, 7);
});

const waysToKnow = {
  AUTH_JWKS_URL: 'https://login.example/keys',
  AUTH_JWT_SECRET: secret,
  API_KEYS: `till:${hash}:payments:read`,
  API_KEYS_FILE: '/run/secrets/keys',
};

for (const [name, value] of Object.entries(waysToKnow)) {
  test(`with a key at Xendit, ${name} is enough to know callers, on any address`, () => {
    const environment = { XENDIT_SECRET_KEY: 'xnd_development_abc', HOST: '0.0.0.0', [name]: value };
    assert.deepEqual(problems(environment), []);
  });

  test(`with ${name} nobody is let in without proof, sandbox or not`, () => {
    assert.equal(readConfig({ [name]: value }).isOpen, false);
  });
}

test('a key set may be on this machine, unencrypted', () => {
  for (const url of ['http://127.0.0.1:9000/keys', 'http://[::1]:9000/keys', 'http://localhost/keys']) {
    assert.equal(readConfig({ AUTH_JWKS_URL: url }).authJwksUrl, url);
  }
});

test('the configuration’s table is the list of settings', async () => {
  const document = await readFile(new URL('../docs/configuration.md', import.meta.url), 'utf8');
  const rows = [...document.matchAll(/^\| `([A-Z_]+)` \| (.+?) \| (.+?) \| (.+?) \|$/gm)];
  assert.deepEqual(
    rows.map(([, name, value, unit]) => ({ name, default: value?.replaceAll('`', ''), unit })),
    [...settings, ...tracingSettings].map((setting) => ({
      name: setting.name,
      default: setting.default ?? '—',
      unit: 'unit' in setting ? setting.unit : '—',
    })),
  );
});

test('what must never be shown is known: keys, tokens and the passwords of servers', () => {
  const config = readConfig({
    XENDIT_SECRET_KEY: 'xnd_development_a',
    XENDIT_CALLBACK_TOKENS: 'token-1,token-2',
    ACCOUNT_CALLBACK_TOKENS: 'a=token-3,a=token-4,b=token-5',
    CURSOR_SECRET: 'cursors',
    AUTH_JWT_SECRET: secret,
    WATCH_TOKEN_SECRET: `${secret}, either`,
    METRICS_TOKEN: `${secret}, too`,
    DATABASE_URL: 'postgres://shop:pass%2Fword@db/shop',
    REDIS_URL: 'redis://:red%zz@cache',
  });
  assert.deepEqual(
    new Set(secretsIn(config)),
    new Set([
      ...['xnd_development_a', 'cursors', secret, `${secret}, either`, `${secret}, too`],
      ...['token-1', 'token-2', 'token-3', 'token-4', 'token-5'],
      ...['pass/word', 'red%zz'],
    ]),
  );
});

test('with a live key there are no pages to try things on, unless told', () => {
  assert.deepEqual(readConfig({ ...live }).pages, ['checkout', 'console']);
  assert.deepEqual(readConfig({ ...live, PAGES: 'start' }).pages, ['start']);
  assert.deepEqual(readConfig({ ...live, PAGES: 'none' }).pages, []);
});
