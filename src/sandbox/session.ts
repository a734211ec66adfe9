import type { JsonObject } from '../model/json.ts';
import { toNumber } from './amount.ts';
import type { NewSession } from './session-input.ts';
import { businessOf, timeOf } from './world.ts';

export type SessionStatus = 'ACTIVE' | 'COMPLETED' | 'EXPIRED' | 'CANCELED';

/** A payer's visit to a checkout of Xendit's. */
export interface Session extends NewSession {
  id: string;
  account: string;
  customerId: string | undefined;
  status: SessionStatus;
  /** What came of the attempt that completed it. */
  paymentRequestId: string | undefined;
  paymentId: string | undefined;
  tokenId: string | undefined;
  createdMs: number;
  updatedMs: number;
  cancelExpiry: () => void;
}

/** Model to wire. */
export function toSessionBody(session: Session): JsonObject {
  return {
    payment_session_id: session.id,
    business_id: businessOf(session.account),
    reference_id: session.referenceId,
    ...(session.customerId && { customer_id: session.customerId }),
    session_type: session.type,
    ...(session.saving && { allow_save_payment_method: session.saving }),
    currency: session.currency,
    amount: toNumber(session.amount),
    country: session.country,
    mode: session.mode,
    ...(session.captureMethod && { capture_method: session.captureMethod }),
    ...(session.allowedChannels.length > 0 && { allowed_payment_channels: session.allowedChannels }),
    ...session.echo,
    expires_at: timeOf(session.expiresAtMs),
    status: session.status,
    ...doorOf(session),
    ...(session.paymentRequestId && { payment_request_id: session.paymentRequestId }),
    ...(session.paymentId && { payment_id: session.paymentId }),
    ...(session.tokenId && { payment_token_id: session.tokenId }),
    created: timeOf(session.createdMs),
    updated: timeOf(session.updatedMs),
  };
}

/** Where the payer enters; nobody is at the address. */
function doorOf({ id, mode }: Session): JsonObject {
  const code = id.slice('ps-'.length);
  return mode === 'PAYMENT_LINK'
    ? { payment_link_url: `https://dev.xen.to/${code.slice(-8)}` }
    : { components_sdk_key: `session-${code}` };
}
