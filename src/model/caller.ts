import type { ResourceType } from './status.ts';

/** What a caller may be allowed to do, in the words of tokens and keys. */
export const scopes = [
  'payments:read',
  'payments:write',
  'payments:simulate',
  'activity:read',
  'webhooks:manage',
] as const;

export type Scope = (typeof scopes)[number];

/** Who is calling, as proved. */
export interface Caller {
  /** Unlike any other caller's, and no secret: such as `jwt:shop-42`, `key:till`, `watch:QrCode:qr_1#…`; for logs and for counting. */
  name: string;
  /** The sub-account in which it acts (`for-user-id`); empty for the owner of the secret key. */
  account: string;
  scopes: ReadonlySet<Scope>;
  /** The one resource that the bearer of a watch token may see; undefined for everybody else. */
  watched: Watched | undefined;
  /** When the proof expires, in milliseconds since 1970; undefined: never. */
  expiresAt: number | undefined;
}

/** What a watch token is for. */
export interface Watched {
  type: ResourceType;
  id: string;
  /** The merchant's own name for it, where it is asked for by that. */
  reference: string | undefined;
}
