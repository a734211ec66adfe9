import proxyAddr from '@fastify/proxy-addr';
import { type Access, readAccess } from './config/access.ts';
import { readAccountTokens } from './config/account-tokens.ts';
import { isLoopback } from './config/loopback.ts';
import { type Page, readPages } from './config/pages.ts';
import { type Name, type Numbers, settings } from './config/settings.ts';
import { accountPattern } from './model/account.ts';

/** Everything that can be set, read and checked. */
export interface Config extends Numbers, Access {
  host: string;
  /** How Xendit and browsers reach the gateway; its own listening address when undefined. */
  publicUrl: string | undefined;
  dataDir: string;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  redisPrefix: string;
  /** Undefined: a sandbox plays Xendit. */
  xenditSecretKey: string | undefined;
  /** Without a key anything but `xenditApi` is where a sandbox runs already. */
  xenditBaseUrl: string;
  /** Empty: no delivery can be proved, so none is taken in. */
  callbackTokens: string[];
  /** Each sub-account's own. */
  accountCallbackTokens: Map<string, string[]>;
  /** The owner's, by which webhooks name it; undefined: not known. */
  businessId: string | undefined;
  /** Whether what webhooks say of money counts only once Xendit has said so itself. */
  verifyWebhooks: boolean;
  /** Whether callers may ask what the contract is. */
  introspection: boolean;
  /** For a sandbox that runs by itself; one that a gateway starts delivers to that gateway. */
  sandboxWebhookUrls: string[];
  qrApi: 'v1' | 'v2';
  /** A file; undefined: any document may run. */
  trustedDocuments: string | undefined;
  cursorSecret: string | undefined;
  /** Addresses, ranges such as `10.0.0.0/8`, or `loopback`, `linklocal`, `uniquelocal`. */
  trustedProxies: string[];
  /** Whether the key is one that moves money. */
  isLive: boolean;
  /** The pages for people that are served. */
  pages: Page[];
  /** Such as `https://shop.example`. */
  allowedOrigins: string[];
  logLevel: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Something in the environment is missing or malformed; the message names all of it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: string[];

  constructor(problems: string[]) {
    super(
      `The configuration has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}:\n${problems.map((one) => `  - ${one}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

/**
 * Reads the environment. An empty variable counts as absent.
 *
 * @throws ConfigError naming every mistake at once.
 */
export function readConfig(environment: Environment): Config {
  const problems: string[] = [];
  const text = (name: Name): string | undefined => {
    const own = environment[name]?.trim();
    return own || settings.find((setting) => setting.name === name)?.default;
  };
  const url = (name: Name, schemes: string[]): string | undefined => {
    const value = text(name);
    const isUrl = value !== undefined && schemes.includes(URL.parse(value)?.protocol ?? '');
    if (value !== undefined && !isUrl)
      problems.push(`${name} must be a URL that begins with ${schemes.map((one) => `${one}//`).join(' or ')}`);
    return value?.replace(/\/+$/, '');
  };

  const xenditSecretKey = text('XENDIT_SECRET_KEY');
  const tokens = listOf(text('XENDIT_CALLBACK_TOKENS'));
  const callbackTokens = tokens.length === 0 && xenditSecretKey === undefined ? ['sandbox-callback-token'] : tokens;
  const accountEntries = listOf(text('ACCOUNT_CALLBACK_TOKENS'));
  const accountCallbackTokens = readAccountTokens(accountEntries, callbackTokens, problems);
  const businessId = text('XENDIT_BUSINESS_ID');
  if (businessId !== undefined && !accountPattern.test(businessId)) {
    problems.push('XENDIT_BUSINESS_ID must be made of letters, digits, hyphens and underscores');
  }
  if (businessId !== undefined && accountCallbackTokens.has(businessId)) {
    problems.push('XENDIT_BUSINESS_ID is your own: a sub-account of ACCOUNT_CALLBACK_TOKENS has it');
  }
  const logLevel = text('LOG_LEVEL') ?? '';
  if (xenditSecretKey !== undefined && !/^xnd_[\w-]+$/.test(xenditSecretKey)) {
    problems.push("XENDIT_SECRET_KEY must begin with xnd_ as the keys in Xendit's dashboard do");
  }
  const isLive = xenditSecretKey?.startsWith('xnd_production_') ?? false;
  const xenditBaseUrl = url('XENDIT_BASE_URL', ['http:', 'https:']) ?? '';
  const xenditUrl = URL.parse(xenditBaseUrl);
  if (isLive && xenditUrl?.protocol === 'http:' && !isLoopback(xenditUrl)) {
    problems.push('XENDIT_BASE_URL must begin with https:// with a live key, which would else go out unencrypted');
  }
  if (!logLevels.includes(logLevel)) problems.push(`LOG_LEVEL must be one of ${logLevels.join(', ')}`);

  const sandboxWebhookUrls = listOf(text('SANDBOX_WEBHOOK_URLS')).map((one) => one.replace(/\/+$/, ''));
  for (const one of sandboxWebhookUrls) {
    if (!['http:', 'https:'].includes(URL.parse(one)?.protocol ?? ''))
      problems.push(
        `SANDBOX_WEBHOOK_URLS must name URLs that begin with http:// or https://, not ${JSON.stringify(one)}`,
      );
  }
  const allowedOrigins = listOf(text('ALLOWED_ORIGINS'));
  for (const origin of allowedOrigins) {
    if (URL.parse(origin)?.origin !== origin)
      problems.push(`ALLOWED_ORIGINS must name origins such as https://shop.example, not ${JSON.stringify(origin)}`);
  }
  const redisPrefix = text('REDIS_PREFIX') ?? '';
  if (!/^[\w.:-]{1,100}$/.test(redisPrefix)) {
    problems.push('REDIS_PREFIX must be made of at most 100 letters, digits, points, colons, hyphens and underscores');
  }
  const trustedProxies = listOf(text('TRUSTED_PROXIES'));
  try {
    proxyAddr.compile(trustedProxies);
  } catch (error) {
    problems.push(`TRUSTED_PROXIES must name addresses and ranges: ${error instanceof Error ? error.message : error}`);
  }
  const qrApi = text('XENDIT_QR_API');
  if (qrApi !== 'v1' && qrApi !== 'v2') problems.push('XENDIT_QR_API must be v1 or v2');
  const verifyWebhooks = text('VERIFY_WEBHOOKS');
  if (verifyWebhooks !== 'on' && verifyWebhooks !== 'off') problems.push('VERIFY_WEBHOOKS must be on or off');
  const introspection = text('INTROSPECTION') ?? (isLive ? 'off' : 'on');
  if (introspection !== 'on' && introspection !== 'off') problems.push('INTROSPECTION must be on or off');
  // Xendit's own limits: 600 in live mode, 60 in test mode and in the sandbox.
  const xenditsRate = isLive ? '600' : '60';

  const config: Config = {
    ...readNumbers((name) => text(name) ?? xenditsRate, problems),
    ...readAccess(text, problems),
    host: text('HOST') ?? '',
    publicUrl: url('PUBLIC_URL', ['http:', 'https:']),
    dataDir: text('DATA_DIR') ?? '',
    databaseUrl: url('DATABASE_URL', ['postgres:', 'postgresql:']),
    redisUrl: url('REDIS_URL', ['redis:', 'rediss:']),
    redisPrefix,
    xenditSecretKey,
    isLive,
    pages: readPages(listOf(text('PAGES')), isLive, problems),
    xenditBaseUrl,
    callbackTokens,
    accountCallbackTokens,
    businessId,
    verifyWebhooks: verifyWebhooks === 'on',
    introspection: introspection === 'on',
    sandboxWebhookUrls,
    qrApi: qrApi === 'v2' ? 'v2' : 'v1',
    cursorSecret: text('CURSOR_SECRET'),
    trustedDocuments: text('TRUSTED_DOCUMENTS'),
    trustedProxies,
    allowedOrigins,
    logLevel,
  };
  if (config.verifyWebhooks && config.reconcileSharePercent === 0)
    problems.push('VERIFY_WEBHOOKS needs calls to ask with: RECONCILE_SHARE_PERCENT must be above 0');
  // Else a payment that is held would be taken for a database that is away.
  if (config.databaseWaitTimeoutMs >= config.ledgerTimeoutMs)
    problems.push('DATABASE_WAIT_TIMEOUT_MS must be less than LEDGER_TIMEOUT_MS');
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** @param textOf what stands in a variable that is a number; of all of them only Xendit's rate has no default of its own. */
function readNumbers(textOf: (name: Name) => string, problems: string[]): Numbers {
  const numbers: Record<string, number> = {};
  for (const setting of settings) {
    if (!('range' in setting)) continue;
    const text = textOf(setting.name);
    const [least, most] = setting.range;
    const isWithin = /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;
    if (!isWithin)
      problems.push(`${setting.name} must be a whole number within ${least} and ${most}, not ${JSON.stringify(text)}`);
    numbers[setting.name.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase())] = Number(text);
  }
  return numbers as Numbers;
}

/** Whatever is set and must never be shown. */
export function secretsIn(config: Config): string[] {
  const passwords = [config.databaseUrl, config.redisUrl].map((url) => decoded(URL.parse(url ?? '')?.password));
  const { xenditSecretKey, cursorSecret, authJwtSecret, watchTokenSecret, metricsToken } = config;
  const tokens = [config.callbackTokens, ...config.accountCallbackTokens.values()].flat();
  const own = [xenditSecretKey, cursorSecret, authJwtSecret, watchTokenSecret, metricsToken];
  return [...own, ...tokens, ...passwords].filter((one) => one !== undefined);
}

function decoded(text = ''): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function listOf(text: string | undefined): string[] {
  const entries = text?.split(',').map((entry) => entry.trim()) ?? [];
  return entries.filter((entry) => entry !== '');
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
