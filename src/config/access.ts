import { type ApiKey, readApiKeys } from '../model/api-key.ts';
import { isLoopback } from './loopback.ts';
import type { Name } from './settings.ts';

/** How callers prove who they are, but for the numbers. */
export interface Access {
  /** Undefined: no key set proves tokens. */
  authJwksUrl: string | undefined;
  /** Undefined: no shared secret proves tokens. */
  authJwtSecret: string | undefined;
  authIssuer: string | undefined;
  authAudience: string | undefined;
  apiKeys: ApiKey[];
  /** What it holds is read when the gateway opens. */
  apiKeysFile: string | undefined;
  /** Undefined: one is made from the secret for cursors. */
  watchTokenSecret: string | undefined;
  /** Undefined: metrics are for everybody where everybody may do everything, and otherwise for nobody. */
  metricsToken: string | undefined;
  /** Whether nothing tells callers apart, so that whoever comes may do everything: with the sandbox only. */
  isOpen: boolean;
}

/** Any one of these tells callers apart. */
const waysToKnow = ['AUTH_JWKS_URL', 'AUTH_JWT_SECRET', 'API_KEYS', 'API_KEYS_FILE'] as const;

/**
 * Reads what proves callers.
 *
 * @param text what stands in a variable, or its default.
 * @param problems gets all that is wrong, in words that repeat no secret.
 */
export function readAccess(text: (name: Name) => string | undefined, problems: string[]): Access {
  const isSet = (name: Name) => text(name) !== undefined;
  const secret = (name: 'AUTH_JWT_SECRET' | 'WATCH_TOKEN_SECRET' | 'METRICS_TOKEN') => {
    const value = text(name);
    if (value !== undefined && value.length < leastSecret)
      problems.push(`${name} must have at least ${leastSecret} characters: a shorter one can be guessed`);
    return value;
  };
  const isOpen = !waysToKnow.some(isSet);
  if (isSet('XENDIT_SECRET_KEY') && isOpen) {
    problems.push(`XENDIT_SECRET_KEY needs a way to know callers: set ${waysToKnow.join(' or ')}`);
  }
  const authJwksUrl = text('AUTH_JWKS_URL');
  if (authJwksUrl !== undefined && !isKeySetUrl(URL.parse(authJwksUrl))) {
    problems.push(
      'AUTH_JWKS_URL must be a URL that begins with https://, or on this machine with http://, and names no user',
    );
  }
  const isLive = text('XENDIT_SECRET_KEY')?.startsWith('xnd_production_') ?? false;
  if (isLive && authJwksUrl !== undefined && !isSet('AUTH_AUDIENCE')) {
    problems.push('AUTH_AUDIENCE must be set with a live key: a key set may sign tokens that are meant for others');
  }
  for (const name of ['AUTH_ISSUER', 'AUTH_AUDIENCE'] as const) {
    if (isSet(name) && !isSet('AUTH_JWKS_URL') && !isSet('AUTH_JWT_SECRET'))
      problems.push(`${name} is for tokens: set AUTH_JWKS_URL or AUTH_JWT_SECRET too`);
  }
  const { keys, problems: wrongKeys } = readApiKeys(text('API_KEYS') ?? '', ',');
  for (const problem of wrongKeys) problems.push(`API_KEYS: ${problem}`);
  if (isSet('API_KEYS') && keys.length + wrongKeys.length === 0) problems.push('API_KEYS has no key in it');
  return {
    authJwksUrl,
    authJwtSecret: secret('AUTH_JWT_SECRET'),
    authIssuer: text('AUTH_ISSUER'),
    authAudience: text('AUTH_AUDIENCE'),
    apiKeys: keys,
    apiKeysFile: text('API_KEYS_FILE'),
    watchTokenSecret: secret('WATCH_TOKEN_SECRET'),
    metricsToken: secret('METRICS_TOKEN'),
    isOpen,
  };
}

const leastSecret = 32;

function isKeySetUrl(url: URL | null): boolean {
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}
