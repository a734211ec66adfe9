/** A webhook as the transport hands it in. */
export interface Delivery {
  /** The sub-account whose address it came to; empty for the owner of the secret key. */
  account: string;
  /** The header `x-callback-token`; a list where it was sent more than once. */
  callbackToken: string | string[] | undefined;
  /** The header `webhook-id`. */
  webhookId: string | undefined;
  /** The raw bytes. */
  body: Uint8Array;
  receivedAt: Date;
}
