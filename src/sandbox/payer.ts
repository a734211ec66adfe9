import { type JsonObject, objectOf, textOf } from '../model/json.ts';
import type { Endpoint } from './endpoints.ts';
import { ApiError, type Route } from './http.ts';
import type { World } from './world.ts';

/** How a payer goes about it. All names of fields are Xendit's. */
export interface PayerChoice {
  /** Whose resource it is; the owner of the secret key's unless told. */
  account?: string;
  /** In major units; for a code without an amount. */
  amount?: number;
  /** Makes the attempt fail, with this code. */
  failure_code?: string;
  /** What a session is paid with; cards, or the first that it allows, unless told. */
  channel_code?: string;
  /** Whether to keep the payment method where a session leaves it open. */
  save?: boolean;
}

/**
 * Does what payers do, which at Xendit no API does. Each answers the resource as it is afterwards, once the first attempts to
 * deliver its webhooks are over; each is also an endpoint, `POST /sandbox/…`.
 *
 * @throws ApiError there is no such resource, or it can't be paid, completed or moved any more.
 */
export interface Payer {
  /** Pays a payment request, or fails to; one that has expired too, which stays EXPIRED. */
  pay(paymentRequestId: string, choice?: PayerChoice): Promise<JsonObject>;
  /** Goes through a payment session to its end, or with `failure_code` fails one try at it. */
  completeSession(sessionId: string, choice?: PayerChoice): Promise<JsonObject>;
  /** Agrees to a payment token, or with `failure_code` doesn't. */
  linkToken(tokenId: string, choice?: PayerChoice): Promise<JsonObject>;
  /** Takes an agreement back: a payment token expires. */
  expireToken(tokenId: string, choice?: PayerChoice): Promise<JsonObject>;
}

/** @param routes those of the payer's endpoints are among them. */
export function createPayer(world: World, routes: Route[]): Payer {
  async function act(
    endpoint: Endpoint,
    id: string,
    { account = '', ...fields }: PayerChoice = {},
  ): Promise<JsonObject> {
    const route = routes.find((each) => each.endpoint === endpoint);
    const [, name = ''] = /:(\w+)/.exec(endpoint) ?? [];
    if (route === undefined) throw new Error(`No route ${endpoint}`);
    const { status, body, webhooks } = route.handle({
      account,
      params: { [name]: id },
      query: new URLSearchParams(),
      headers: {},
      body: { fields, isForm: false },
    });
    const answer = objectOf(body) ?? {};
    if (status >= 400) throw new ApiError(status, textOf(answer.error_code) ?? '', textOf(answer.message) ?? '');
    await Promise.all((webhooks ?? []).map(world.post));
    return answer;
  }
  return {
    pay: (id, choice) => act('POST /sandbox/payment_requests/:payment_request_id/pay', id, choice),
    completeSession: (id, choice) => act('POST /sandbox/sessions/:session_id/complete', id, choice),
    linkToken(id, choice) {
      const step = choice?.failure_code === undefined ? 'activate' : 'fail';
      return act(`POST /sandbox/payment_tokens/:payment_token_id/${step}`, id, choice);
    },
    expireToken: (id, choice) => act('POST /sandbox/payment_tokens/:payment_token_id/expire', id, choice),
  };
}
