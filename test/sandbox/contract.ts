import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { type JsonObject, objectOf, textOf } from '../../src/model/json.ts';
import type { Endpoint } from '../../src/sandbox/endpoints.ts';

type Schema = Record<string, unknown>;

/** Xendit's contract, trimmed to what the gateway asks for, answers and webhooks. */
const contract = JSON.parse(readFileSync(new URL('../fixtures/openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, { responses: Record<string, Schema>; requestBody?: Schema }>>;
  'x-webhooks': Record<string, { post: { requestBody: Schema } }>;
  components: { schemas: Record<string, Schema> };
};
const schemas = contract.components.schemas;

/** Fields without which an answer says nothing, where the contract calls none required. */
const essential: Record<string, string[]> = {
  V3PaymentRequest: [
    'payment_request_id',
    'business_id',
    'reference_id',
    'type',
    'country',
    'currency',
    'channel_code',
    'actions',
    'status',
    'created',
    'updated',
  ],
  V3Payment: [
    'payment_id',
    'business_id',
    'payment_request_id',
    'reference_id',
    'type',
    'currency',
    'channel_code',
    'captures',
    'status',
    'created',
    'updated',
  ],
  V3PaymentToken: [
    'payment_token_id',
    'business_id',
    'reference_id',
    'channel_code',
    'actions',
    'status',
    'created',
    'updated',
  ],
  V3Action: ['type', 'descriptor', 'value'],
  V3Capture: ['capture_id', 'capture_amount', 'capture_timestamp'],
  SimulateResult: ['status', 'message'],
  Session: [
    'payment_session_id',
    'business_id',
    'reference_id',
    'session_type',
    'currency',
    'amount',
    'mode',
    'status',
    'expires_at',
    'created',
    'updated',
  ],
  Refund: ['id', 'amount', 'currency', 'status', 'reason', 'created', 'updated'],
  QrCodeV2: ['id', 'reference_id', 'business_id', 'type', 'currency', 'status', 'qr_string', 'created', 'updated'],
  QrPaymentV2: [
    'id',
    'business_id',
    'currency',
    'amount',
    'status',
    'created',
    'qr_id',
    'qr_string',
    'reference_id',
    'type',
  ],
  QrPaymentV2List: ['data', 'has_more'],
  QrRefund: ['id', 'qrpy_id', 'status', 'refund_amount'],
  RefundList: ['data', 'has_more'],
  CustomerList: ['data', 'has_more'],
  Transaction: ['id', 'product_id', 'type', 'status', 'currency', 'amount', 'net_amount', 'fee', 'cashflow', 'created'],
  EWalletCharge: ['id', 'reference_id', 'status', 'currency', 'charge_amount', 'channel_code'],
  EWalletRefund: ['id', 'charge_id', 'status', 'refund_amount'],
};

/** What the sandbox's own endpoints answer. */
const ownAnswers: Record<string, string> = {
  'POST /sandbox/payment_requests/{}/pay': 'V3PaymentRequest',
  'POST /sandbox/payment_tokens/{}/activate': 'V3PaymentToken',
  'POST /sandbox/payment_tokens/{}/fail': 'V3PaymentToken',
  'POST /sandbox/payment_tokens/{}/expire': 'V3PaymentToken',
  'POST /sandbox/sessions/{}/complete': 'Session',
};

const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const ajv = new Ajv({ strict: false, allErrors: true, formats: { 'date-time': isTime, email: true } });
ajv.addSchema({ $id: 'contract', components: { schemas: readable(schemas) } });
const validators = new Map<string, ValidateFunction>();

/** What an answer says that the contract does not, and the other way round; unknown fields count. */
export function answerProblems(endpoint: Endpoint, status: number, body: unknown): string[] {
  const [method = '', path = ''] = endpoint.split(' ');
  const own = ownAnswers[`${method} ${anonymous(path)}`];
  const responses = operationOf(method, path)?.responses;
  const ownSchema = status === 200 && own !== undefined ? ref(own) : undefined;
  const schema = ownSchema ?? answerSchema(responses?.[status] ?? responses?.[`${Math.trunc(status / 100)}XX`]);
  if (schema === undefined && status < 400) return [`${endpoint} has no answer ${status} in the contract`];
  return problems(`${endpoint} ${status}`, schema ?? ref('Error'), body);
}

/** The same for the body of a call. */
export function bodyProblems(endpoint: Endpoint, body: unknown): string[] {
  const [method = '', path = ''] = endpoint.split(' ');
  const schema = answerSchema(operationOf(method, path)?.requestBody);
  return schema === undefined ? [`${endpoint} has no body in the contract`] : problems(endpoint, schema, body);
}

/** The same for a webhook, found by its event. */
export function webhookProblems(body: JsonObject): string[] {
  const event = textOf(body.event) ?? '';
  const isV1 = event === 'qr.payment' && body.data === undefined;
  const [name] = Object.entries(schemas).find(([each, schema]) => isFor(each, schema, event, isV1)) ?? [];
  if (name === undefined) return [`${event} is no event of the contract`];
  return problems(`${event} ${name}`, ref(name), body);
}

/** Every event that the contract knows. */
export function contractEvents(): string[] {
  return [...new Set(Object.values(schemas).flatMap(eventsOf))];
}

function operationOf(method: string, path: string) {
  return Object.entries(contract.paths)
    .filter(([template]) => anonymous(template) === anonymous(path))
    .map(([, operations]) => operations[method.toLowerCase()])
    .find((found) => found !== undefined);
}

function isFor(name: string, schema: Schema, event: string, isV1: boolean): boolean {
  return name.startsWith('Webhook') && eventsOf(schema).includes(event) && (name === 'WebhookQrV1') === isV1;
}

function eventsOf(schema: Schema): string[] {
  const parts = [schema, ...((schema.allOf as Schema[] | undefined) ?? [])];
  return parts.flatMap((part) => (objectOf(objectOf(part.properties)?.event)?.enum as string[] | undefined) ?? []);
}

function problems(label: string, schema: Schema, body: unknown): string[] {
  const key = JSON.stringify(schema);
  const validate = validators.get(key) ?? ajv.compile(schema);
  validators.set(key, validate);
  if (validate(body)) return [];
  const errors = validate.errors ?? [];
  return errors.map(
    ({ instancePath, message, params }) => `${label}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

function answerSchema(response: Schema | undefined): Schema | undefined {
  const content = objectOf(objectOf(response?.content)?.['application/json']);
  return content?.schema === undefined ? undefined : (readable(content.schema) as Schema);
}

function ref(name: string): Schema {
  return { $ref: `contract#/components/schemas/${name}` };
}

/** A path without the names of its parts, which the sandbox and the contract spell in their own ways. */
function anonymous(path: string): string {
  return path.replaceAll(/\{\w+\}|:\w+/g, '{}');
}

/** OpenAPI 3.0 as JSON Schema, stricter: no unknown fields, and the essential ones are there. */
function readable(node: unknown, name?: string): unknown {
  if (Array.isArray(node)) return node.map((each) => readable(each));
  if (typeof node !== 'object' || node === null) return node;
  if (node === schemas) {
    return Object.fromEntries(Object.entries(schemas).map(([each, schema]) => [each, readable(schema, each)]));
  }
  const { nullable, oneOf, allOf, exclusiveMinimum, example: _, ...plain } = node as Schema;
  if (typeof plain.$ref === 'string') return { $ref: plain.$ref.replace(/^#/, 'contract#') };
  if (Array.isArray(allOf)) return orNull(readable(merged(allOf as Schema[]), name), nullable === true);
  if (Array.isArray(oneOf)) return { anyOf: readable(oneOf) };
  const inner = Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, readable(value)]));
  if (exclusiveMinimum === true) Object.assign(inner, { exclusiveMinimum: inner.minimum });
  if (inner.properties !== undefined) inner.additionalProperties ??= false;
  if (name !== undefined && essential[name] !== undefined) inner.required = essential[name];
  return orNull(inner, nullable === true);
}

function orNull(schema: unknown, isNullable: boolean): unknown {
  return isNullable ? { anyOf: [schema, { type: 'null' }] } : schema;
}

/** The parts of an `allOf` as one schema, since each part alone would refuse the fields of the others. */
function merged(parts: Schema[]): Schema {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const whole = parts.map((part) =>
    typeof part.$ref === 'string' ? (schemas[part.$ref.split('/').at(-1) ?? ''] ?? {}) : part,
  );
  return {
    type: 'object',
    required: whole.flatMap((part) => (part.required as string[] | undefined) ?? []),
    properties: Object.assign({}, ...whole.map((part) => part.properties)),
  };
}
