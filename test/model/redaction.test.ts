import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRedaction, isHiddenName, redaction } from '../../src/model/redaction.ts';

const shapes: [what: string, secret: string][] = [
  ['an e-mail address', 'budi.santoso+toko@example.co.id'],
  ['one in a path', 'budi%40example.com'],
  ['one of another script', 'búdi@tokó.example'],
  ['a phone number', '+6281234567890'],
  ['one with blanks', '+62 812-3456-7890'],
  ['one in a query', '%2B6281234567890'],
  ['a card', '4000000000001000'],
  ['a card in groups', '4000 0000 0000 1000'],
  ['a card with hyphens', '5200-0000-0000-2151'],
  ['a card in a form', '4000+0000+0000+1000'],
  ['a card of fifteen digits', '3782 822463 10005'],
  ['a secret key', 'xnd_production_abcDEF123'],
  ['an API key', 'xgk_abcDEF123'],
  ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl'],
  ['an encrypted JWT', 'eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVy.dGFn'],
  ['the token of the sandbox', 'sandbox-callback-token'],
];

for (const [what, secret] of shapes) {
  test(`${what} is hidden within any text`, () => {
    for (const [before, after] of [
      ['', ''],
      ['it said "', '" and left'],
      ['(', '),'],
      ['a: ', '\nb'],
      ['/qr_codes/', '/payments'],
    ] as const) {
      assert.equal(redaction.text(`${before}${secret}${after}`), `${before}[redacted]${after}`);
    }
  });
}

const quoted: [text: string, shown: string][] = [
  ['Authorization: Bearer abc.def-ghi', 'Authorization: Bearer [redacted]'],
  ['basic eG5kX2RldmVsb3BtZW50Og==', 'basic [redacted]'],
  ['send it by Basic authentication', 'send it by Basic authentication'],
  ['Bearer tokens are refused', 'Bearer tokens are refused'],
  ['postgres://shop:p4ss/word@db:5432/shop', 'postgres://shop:p4ss/word@db:5432/shop'],
  ['postgres://shop:p4ssword@db:5432/shop', 'postgres://[redacted]@db:5432/shop'],
  ['{ givenNames: "Budi", quantity: 1 }', '{ givenNames: "[redacted]", quantity: 1 }'],
  ['{"given_names":"Bu\\"di","cvn":123}', '{"given_names":"[redacted]","cvn":[redacted]}'],
  ['{"a":"{\\"surname\\":\\"Santoso\\"}"}', '{"a":"{\\"surname\\":\\"[redacted]\\"}"}'],
  ['/hook?token=abc&reference=order-1', '/hook?token=[redacted]&reference=order-1'],
  ['input.email: must be an e-mail address', 'input.email: must be an e-mail address'],
  ['XENDIT_SECRET_KEY must begin with xnd_', 'XENDIT_SECRET_KEY must begin with xnd_'],
];

for (const [text, shown] of quoted) {
  test(`${text} is shown as ${shown}`, () => assert.equal(redaction.text(text), shown));
}

const hiddenNames = [
  ...[
    'authorization',
    'Cookie',
    'set-cookie',
    'x-callback-token',
    'callbackToken',
    'watch_token',
    'clientSecret',
    'API_KEYS',
  ],
  ...[
    'xenditSecretKey',
    'password',
    'componentsSdkKey',
    'card_number',
    'cvv',
    'cardholder_name',
    'masked_card_number',
    'expiry_month',
  ],
  ...[
    'given_names',
    'surname',
    'payer_name',
    'customerName',
    'account_name',
    'email',
    'account_email',
    'mobileNumber',
    'phone_number',
  ],
  ...[
    'account_mobile_number',
    'payer_account_number',
    'account_details',
    'shipping_information',
    'streetLine1',
    'postal_code',
    'date_of_birth',
  ],
  ...['ＥＭＡＩＬ', 'e-mail', 'E.Mail'],
];
const shownNames = [
  ...[
    'id',
    'payment_token_id',
    'paymentToken',
    'customer_id',
    'business_id',
    'reference_id',
    'channel_code',
    'issuer_name',
    'name',
  ],
  ...[
    'hostname',
    'operationName',
    'amount',
    'created',
    'requestId',
    'reqId',
    'status',
    'currency',
    'metadata',
    'qr_string',
    'reason',
  ],
  ...['idempotencyKey', 'payment_code', 'expires_at', 'description', 'cursor', 'path', 'endpoint', 'city_code'],
];
for (const name of hiddenNames) test(`what goes by ${name} is hidden`, () => assert.equal(isHiddenName(name), true));
for (const name of shownNames) test(`what goes by ${name} is shown`, () => assert.equal(isHiddenName(name), false));

test('names hide all that stands behind them, at any depth, and what else they stand beside is kept', () => {
  const sent = {
    customer: { id: 'cust-1', name: 'Budi', email: null, individual_detail: { given_names: ['Budi'] } },
    items: [{ name: 'Sate', address: '10.0.0.1' }],
    card: { number: 1, network: 'VISA' },
    shippingInformation: { city: 'Jakarta' },
    isOpen: true,
    'budi@example.com': 1,
  };
  assert.deepEqual(redaction.value(sent), {
    customer: { id: 'cust-1', name: '[redacted]', email: null, individual_detail: { given_names: '[redacted]' } },
    items: [{ name: 'Sate', address: '10.0.0.1' }],
    card: { number: '[redacted]', network: 'VISA' },
    shippingInformation: '[redacted]',
    isOpen: true,
    '[redacted]': 1,
  });
});

test('JSON stays JSON, to the last digit; what is none is a text', () => {
  assert.equal(
    redaction.json('{"email":"x","n":1.50,"big":9007199254740993,"pan":1, "order": 4000000000001000}'),
    '{"email":"[redacted]","n":1.50,"big":9007199254740993,"pan":"[redacted]","order":"[redacted]"}',
  );
  assert.equal(redaction.json('{"amount":4000000000001000}'), '{"amount":4000000000001000}');
  assert.equal(redaction.json('{"email":"x", broken'), '{"email":"[redacted]", broken');
  const deep = `${'{"a":'.repeat(20_000)}{"email":"x"}${'}'.repeat(20_000)}`;
  assert.equal(redaction.json(deep), deep.replace('"x"', '"[redacted]"'));
});

test('a configured secret is hidden as it is, in a URL and as a user, the longer one first', () => {
  const { text } = createRedaction(['s3cret/one', 's3cret/one-and-more', 'tiny']);
  const asUser = Buffer.from('s3cret/one:').toString('base64');
  assert.equal(text(`s3cret/one-and-more s3cret/one s3cret%2Fone ${asUser} tiny`), `${'[redacted] '.repeat(4)}tiny`);
});

const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 24, maxLength: 24 });
const prefixes = fc.constantFrom('qr_', 'qrpy_', 'pr-', 'py-', 'pt-', 'ps-', 'cust-', 'rfd-', 'wh_', '');
const needed: [what: string, texts: fc.Arbitrary<string>][] = [
  ['an id of Xendit', fc.tuple(prefixes, fc.uuid()).map((parts) => parts.join(''))],
  ['an id of a business', hex],
  [
    'a time',
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') }).map((date) => date.toISOString()),
  ],
  ['a time in milliseconds', fc.integer({ min: 1_500_000_000_000, max: 1_999_999_999_999 }).map(String)],
  [
    'an amount',
    fc
      .tuple(fc.integer({ min: 0, max: 999_999_999_999 }), fc.integer({ min: 0, max: 99 }))
      .map(([a, b]) => `${a}.${b}`),
  ],
  ['a duration', fc.double({ min: 0, max: 100_000, noNaN: true }).map(String)],
];

for (const [what, texts] of needed) {
  test(`${what} stays as it is`, () => {
    fc.assert(
      fc.property(texts, (text) => {
        assert.equal(redaction.text(text), text);
        assert.deepEqual(redaction.value({ id: text, line: `it was ${text}, at last` }), {
          id: text,
          line: `it was ${text}, at last`,
        });
      }),
      { numRuns: 2_000 },
    );
  });
}

test('a text of any kind is read in a time that grows as it does', () => {
  const runs = [
    'a',
    'a@',
    'a.',
    '4',
    '+1',
    'a:"',
    'a ',
    '%40',
    'eyJ',
    'eyJaaaa.',
    '://',
    'a="\\',
    ' ',
    'xnd_',
    'basic ',
    'a\\"',
  ];
  for (const run of runs) {
    const startedAt = performance.now();
    redaction.text(run.repeat(262_144 / run.length));
    assert.ok(performance.now() - startedAt < 1_000, run);
  }
});
