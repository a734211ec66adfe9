import type { Setting } from './setting.ts';

/** How callers prove who they are. */
export const accessSettings = [
  {
    name: 'AUTH_JWKS_URL',
    default: undefined,
    meaning: 'where the key set (JWKS) is whose keys sign the tokens of callers',
  },
  {
    name: 'AUTH_JWKS_MAX_AGE_MS',
    default: '600000',
    unit: 'ms',
    range: [100, 86_400_000],
    meaning:
      'how long the key set holds once fetched, and so at most a key that was taken out of it; it is fetched anew after half of it',
  },
  {
    name: 'AUTH_JWKS_COOLDOWN_MS',
    default: '30000',
    unit: 'ms',
    range: [0, 3_600_000],
    meaning: 'after a fetch, before a token of a key that is not in the set makes it be fetched again',
  },
  {
    name: 'AUTH_JWKS_TIMEOUT_MS',
    default: '5000',
    unit: 'ms',
    range: [100, 60_000],
    meaning: 'for the key set to arrive',
  },
  {
    name: 'AUTH_JWT_SECRET',
    default: undefined,
    meaning: 'a secret of at least 32 characters that signs the tokens of callers (HS256, HS384 or HS512)',
  },
  { name: 'AUTH_ISSUER', default: undefined, meaning: 'the `iss` that tokens must have; any, unless set' },
  {
    name: 'AUTH_AUDIENCE',
    default: undefined,
    meaning: 'the `aud` that tokens must name; any, unless set; with a live key AUTH_JWKS_URL needs it',
  },
  {
    name: 'AUTH_CLOCK_TOLERANCE_MS',
    default: '2000',
    unit: 'ms',
    range: [0, 300_000],
    meaning: 'by how much the clocks of whoever issues tokens and of the gateway may differ',
  },
  {
    name: 'AUTH_RECHECK_MS',
    default: '2000',
    unit: 'ms',
    range: [10, 60_000],
    meaning:
      'how often API_KEYS_FILE is read again and the key set looked after, so that what was revoked ends open connections',
  },
  {
    name: 'API_KEYS',
    default: undefined,
    meaning:
      'keys of callers, each as `npm run api-key` prints it, `name:SHA-256 of the key:scope+scope@account`, separated by commas',
  },
  {
    name: 'API_KEYS_FILE',
    default: undefined,
    meaning: 'a file of such keys, one a line, read again while running; replace it as a whole, by renaming',
  },
  {
    name: 'WATCH_TOKEN_SECRET',
    default: undefined,
    meaning:
      'a secret of at least 32 characters for watch tokens, the same on every instance; made from CURSOR_SECRET or XENDIT_SECRET_KEY unless set, and in sandbox mode with callers and without either, new at each start',
  },
  {
    name: 'WATCH_TOKEN_MAX_AGE_MS',
    default: '3600000',
    unit: 'ms',
    range: [60_000, 604_800_000],
    meaning: 'how long a watch token holds',
  },
  {
    name: 'METRICS_TOKEN',
    default: undefined,
    meaning:
      'a secret of at least 32 characters that lets its bearer read `/metrics`; without it they are there in sandbox mode without callers only, for everybody',
  },
] as const satisfies readonly Setting[];
