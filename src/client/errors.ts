/** Why a watch ended before its resource was settled. Each cause has a class and a code of its own, to branch on. */
export type WatchErrorCode =
  | 'TOKEN_INVALID'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_REFUSED'
  | 'NOT_FOUND'
  | 'CURSOR_INVALID'
  | 'REFUSED';

/** What all of them are. */
export class WatchError extends Error {
  override readonly name: string = 'WatchError';
  readonly code: WatchErrorCode;

  constructor(code: WatchErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** It isn't a watch token, or not a whole one. Nothing was asked of the gateway. */
export class TokenInvalidError extends WatchError {
  override readonly name = 'TokenInvalidError';

  constructor(why: string, options?: ErrorOptions) {
    super('TOKEN_INVALID', `token is no watch token: ${why}`, options);
  }
}

/** The token's time is over. `createWatchToken` gives another one; go on with it and the last cursor. */
export class TokenExpiredError extends WatchError {
  override readonly name = 'TokenExpiredError';
  readonly expiresAt: Date;

  constructor(expiresAt: Date) {
    super('TOKEN_EXPIRED', `The watch token expired at ${expiresAt.toISOString()}`);
    this.expiresAt = expiresAt;
  }
}

/** The gateway doesn't take the token: it is another gateway's, or was signed with a secret that has been changed since. */
export class TokenRefusedError extends WatchError {
  override readonly name = 'TokenRefusedError';

  constructor() {
    super('TOKEN_REFUSED', 'The gateway does not take this watch token');
  }
}

/** Neither the gateway nor Xendit knows the resource. */
export class NotFoundError extends WatchError {
  override readonly name = 'NotFoundError';

  constructor() {
    super('NOT_FOUND', 'The gateway knows no such resource');
  }
}

/** `after` is no cursor of this resource's. Watch without it, which begins with the present. */
export class CursorInvalidError extends WatchError {
  override readonly name = 'CursorInvalidError';

  constructor() {
    super('CURSOR_INVALID', 'after is no cursor of what this token is for');
  }
}

/** The gateway says no for any other reason, and would say so again. */
export class RefusedError extends WatchError {
  override readonly name = 'RefusedError';
  /** The gateway's own code, such as FORBIDDEN for a page of an origin that it doesn't allow. */
  readonly gatewayCode: string;

  constructor(gatewayCode: string, message: string) {
    super('REFUSED', `The gateway refuses: ${message} (${gatewayCode})`);
    this.gatewayCode = gatewayCode;
  }
}
