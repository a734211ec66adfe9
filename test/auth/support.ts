import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { pino } from 'pino';
import { type Auth, type AuthOptions, openAuth } from '../../src/auth/auth.ts';
import { createWatchTokens } from '../../src/auth/watch-tokens.ts';
import { type ErrorCode, GatewayError } from '../../src/errors.ts';
import { createLog, type Log } from '../../src/log.ts';
import type { Caller } from '../../src/model/caller.ts';
import type { Scope } from '../support/database.ts';

export const sharedSecret = 'the shop and the gateway know this one';

/** Long enough that nothing looks again while a test runs. */
const never = 3_600_000;

export const watchTokens = createWatchTokens('a secret for watch tokens of the tests', 60_000);

/** The door of the room, closed when the test is over. Without settings it knows nobody. */
export async function open(t: Scope, options: Partial<AuthOptions> = {}): Promise<Auth> {
  const auth = await openAuth({
    jwksUrl: undefined,
    jwksMaxAgeMs: never,
    jwksCooldownMs: 0,
    jwksTimeoutMs: 2_000,
    jwtSecret: undefined,
    issuer: undefined,
    audience: undefined,
    clockToleranceMs: 0,
    apiKeys: [],
    apiKeysFile: undefined,
    watchTokens,
    isOpen: false,
    recheckMs: never,
    log: createLog('silent'),
    ...options,
  });
  t.after(() => auth.close());
  return auth;
}

/** Whoever issues tokens: a key pair, and its public half as a key set shows it. */
export interface Signer {
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  jwk: object;
  sign(claims?: object, header?: Partial<JWTHeaderParameters>): Promise<string>;
}

export async function createSigner(kid: string | undefined, alg = 'ES256'): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return {
    privateKey,
    publicKey,
    jwk: { ...(await exportJWK(publicKey)), alg, use: 'sig', ...(kid !== undefined && { kid }) },
    sign: (claims, header) =>
      new SignJWT(withDefaults(claims))
        .setProtectedHeader({ alg, ...(kid !== undefined && { kid }), ...header })
        .sign(privateKey),
  };
}

/** A token signed with a secret. */
export function signWith(secret: string, claims?: object, header?: Partial<JWTHeaderParameters>): Promise<string> {
  return new SignJWT(withDefaults(claims))
    .setProtectedHeader({ alg: 'HS256', ...header })
    .sign(new TextEncoder().encode(secret));
}

function withDefaults(claims: object = {}): JWTPayload {
  return { sub: 'shop-42', exp: inSeconds(60), ...claims };
}

/** A moment as tokens write it. */
export function inSeconds(seconds: number): number {
  return Date.now() / 1_000 + seconds;
}

/** A server of a key set, which may be changed and ill-treated. */
export interface KeyServer {
  url: string;
  /** What it shows; anything but a list is shown as it is. */
  keys: object[] | string;
  /** 0: it takes requests and says nothing. */
  status: number;
  /** Requests so far. */
  requests: number;
  /** Ends when there has been one more request. */
  asked(): Promise<void>;
  /** Where it sends whoever asks, if anywhere. */
  location: string | undefined;
}

export async function startKeyServer(t: Scope, ...signers: Signer[]): Promise<KeyServer> {
  const server = createServer((_, response) => {
    state.requests += 1;
    server.emit('asked');
    if (state.status === 0) return;
    response.writeHead(state.status, state.location === undefined ? {} : { location: state.location });
    response.end(typeof state.keys === 'string' ? state.keys : JSON.stringify({ keys: state.keys }));
  });
  const state: KeyServer = {
    url: '',
    keys: signers.map(({ jwk }) => jwk),
    status: 200,
    requests: 0,
    location: undefined,
    asked: async () => void (await once(server, 'asked')),
  };
  await once(server.listen(0, '127.0.0.1'), 'listening');
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  t.after(async () => {
    server.closeAllConnections();
    await server[Symbol.asyncDispose]();
  });
  return state;
}

export function bearer(token: string): string {
  return `Bearer ${token}`;
}

/** The code with which somebody is refused, or the name of the caller. */
export async function verdict(auth: Auth, token: string): Promise<string> {
  return auth.identify(bearer(token)).then(
    ({ name }) => name,
    ({ code }: GatewayError) => code,
  );
}

/** What a connection is told: who its caller is now, or the code by which it is nobody any more. */
export type Told = Caller | ErrorCode;

export interface Connected {
  /** All that it was told so far. */
  told: Told[];
  /** What it is told next. */
  next(): Promise<Told>;
  leave(): void;
}

/** Opens a connection by a token. */
export async function connect(auth: Auth, token: string): Promise<Connected> {
  const told: Told[] = [];
  const telling = new EventEmitter();
  const caller = await auth.identify(bearer(token));
  const leave = auth.watchOver(bearer(token), caller, (now) => {
    told.push(now instanceof GatewayError ? now.code : now);
    telling.emit('told');
  });
  let read = 0;
  return {
    told,
    leave,
    async next() {
      if (told[read] === undefined) await once(telling, 'told');
      read += 1;
      return told[read - 1] as Told;
    },
  };
}

/** A log whose lines a test can read. */
export function readableLog(level = 'info'): { log: Log; lines: { msg: string; reason?: string }[] } {
  const lines: { msg: string; reason?: string }[] = [];
  return { log: pino({ level }, { write: (line) => void lines.push(JSON.parse(line)) }), lines };
}
