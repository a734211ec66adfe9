import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { createWatchTokens } from '../../src/auth/watch-tokens.ts';
import type { WatchedType } from '../../src/client/index.ts';
import { assertAccessible } from '../support/accessibility.ts';
import { openPage, picture } from '../support/browser.ts';
import type { TestGateway } from '../support/gateway.ts';
import { done, mutate, mutateById } from '../support/mutations.ts';
import { activeToken, createRequest, createToken, newName, paidRequest } from '../support/payments.ts';
import { sandboxOf } from '../support/qr-codes.ts';
import { checkoutOf, codeOn, live, paid, plain, shows, testOnCheckout, watchSecret } from './checkout-support.ts';

const minuteMs = 60_000;
const payBy = (channel: object) => ({ kind: { pay: { amount: '25000', channel } } });
const account = { code: 'BRI_VIRTUAL_ACCOUNT', displayName: 'Toko Maju' };
const virtualAccount = payBy({ virtualAccount: account });
const ewallet = payBy({ ewallet: { code: 'DANA', successReturnUrl: 'https://shop.example/thanks' } });
const session = { country: 'ID', currency: 'IDR', sessionType: 'PAY', mode: 'PAYMENT_LINK', amount: '20000' };
const until = (ms: number) => new Date(Date.now() + ms).toISOString();
const accountUntil = (ms: number) => payBy({ virtualAccount: { ...account, expiresAt: until(ms) } });
/** With a code that says of itself for how long it can be paid. */
const qrUntil = (ms: number) => ({
  country: 'SG',
  currency: 'SGD',
  kind: { pay: { amount: '25.50', channel: { qrCode: { code: 'SGQR', expiresAt: until(ms) } } } },
});

testOnCheckout('a request is shown by what its payer has to do', async (t, gateway) => {
  const { page, context } = await openPage(t);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const request = await createRequest(gateway, virtualAccount);
  await page.goto(gateway.url + (await checkoutOf(gateway, request.id)));
  await shows(page, 'BRI VIRTUAL ACCOUNT');
  await page.getByRole('button', { name: 'Copy Virtual account number' }).click();
  await page.getByText('Copied').first().waitFor({ state: 'attached' });
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), request.actions[0]?.value);
  await picture(page, 'checkout-number');
  await assertAccessible(page);

  const redirect = await createRequest(gateway, ewallet);
  await page.goto(gateway.url + (await checkoutOf(gateway, redirect.id)));
  const link = page.getByRole('link', { name: 'Continue to payment' });
  await link.waitFor();
  assert.equal(await link.getAttribute('href'), redirect.actions[0]?.value);
  await assertAccessible(page);

  const result = await mutate<{ paymentSession: { id: string; paymentLinkUrl: string } }>(
    gateway,
    'createPaymentSession',
    'paymentSession { id paymentLinkUrl }',
    { ...session, referenceId: newName('session'), idempotencyKey: newName('key') },
  );
  const { id, paymentLinkUrl } = done(result.paymentSession, result);
  await page.goto(gateway.url + (await checkoutOf(gateway, id)));
  await page
    .getByRole('timer')
    .getByText(/^(30:00|29:)/)
    .waitFor();
  assert.equal(await link.getAttribute('href'), paymentLinkUrl);
});

testOnCheckout(
  'what is left of the time to pay is told by the gateway’s clock, whatever the payer’s says',
  async (t, gateway) => {
    const { page, context } = await openPage(t);
    // Three hours ahead, as of someone who sets the clock by hand.
    await context.addInitScript('const now = Date.now.bind(Date); Date.now = () => now() + 3 * 3_600_000;');
    const { id } = await createRequest(gateway, qrUntil(4.5 * minuteMs));
    await page.goto(gateway.url + (await checkoutOf(gateway, id)));
    await shows(page, 'Xendit Sandbox');
    await page.getByRole('img', { name: 'QR code to pay' }).waitFor();
    await page
      .getByRole('timer')
      .getByText(/^0[34]:/)
      .waitFor();
    assert.equal(await page.getByText('5 minutes left to pay').count(), 1);
  },
);

testOnCheckout(
  'failed, expired and called off are told as such, and paid when money comes after all',
  async (t, gateway) => {
    const { payer } = sandboxOf(gateway);
    const { page } = await openPage(t);
    const see = async (id: string) => page.goto(gateway.url + (await checkoutOf(gateway, id)));
    const failed = await createRequest(gateway, ewallet);
    await see(failed.id);
    await payer.pay(failed.id, { failure_code: 'INSUFFICIENT_BALANCE' });
    await shows(page, 'Payment failed');
    await assertAccessible(page);

    const canceled = await createRequest(gateway, virtualAccount);
    await see(canceled.id);
    await shows(page, 'Waiting for payment');
    await mutateById(gateway, 'cancelPaymentRequest', 'paymentRequest { id }', canceled.id);
    await shows(page, 'Cancelled');

    const late = await createRequest(gateway, accountUntil(4_000));
    await see(late.id);
    await shows(page, 'Don’t pay this any more');
    assert.equal(await page.getByText('Virtual account number').count(), 0);
    await picture(page, 'checkout-expired');
    await assertAccessible(page);
    await payer.pay(late.id);
    await paid(page);
  },
);

/** The words for what a token is for that isn't waiting for a payer. */
async function wordsFor(gateway: TestGateway): Promise<[path: string, words: string][]> {
  const { id, paymentId } = await paidRequest(gateway);
  const issue = async (secret: string, lastsMs: number, type: WatchedType, of: string) =>
    `/checkout/${(await createWatchTokens(secret, lastsMs).issue('', { type, id: of, reference: of })).token}`;
  return [
    [await checkoutOf(gateway, id), 'Payment received'],
    [await checkoutOf(gateway, paymentId), 'Payment received'],
    [await checkoutOf(gateway, await activeToken(gateway)), 'Done'],
    ['/checkout/nonsense', 'This link doesn’t work'],
    [await issue('another secret that is long enough', minuteMs, 'PaymentRequest', id), 'This link doesn’t work'],
    [await issue(watchSecret, -1, 'PaymentRequest', id), 'This link has expired'],
    [await issue(watchSecret, minuteMs, 'QrCode', 'nobody’s'), 'Nothing to pay here'],
  ];
}

testOnCheckout('whatever a link leads to, there are words for it', async (t, gateway) => {
  const { page } = await openPage(t);
  for (const [path, words] of await wordsFor(gateway)) {
    await page.goto(gateway.url + path);
    await shows(page, words);
  }
  await assertAccessible(page);
});

testOnCheckout(
  'a means of payment is kept by what its payer has to do, and nothing more is awaited at the end',
  async (t, gateway) => {
    const id = await createToken(gateway);
    const { page } = await openPage(t, { url: gateway.url + (await checkoutOf(gateway, id)) });
    await shows(page, 'Not finished yet');
    await page.getByRole('link', { name: 'Continue', exact: true }).waitFor();
    await shows(page, live);
    await mutateById(gateway, 'cancelPaymentToken', 'paymentToken { id }', id);
    await shows(page, 'Cancelled');
    await page.locator('.connection').waitFor({ state: 'detached' });
  },
);

testOnCheckout('a link that expires while its page is open says so', async (t, gateway) => {
  const { id } = await createRequest(gateway);
  const { token } = await createWatchTokens(watchSecret, 4_000).issue('', {
    type: 'PaymentRequest',
    id,
    reference: undefined,
  });
  const { page } = await openPage(t, { url: `${gateway.url}/checkout/${token}` });
  await shows(page, 'This link has expired');
});

/** Goes to something by the key that goes on, as those do who use no mouse. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let steps = 0; steps < 20; steps += 1) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate('document.activeElement.name || document.activeElement.textContent')) === name) return;
  }
  assert.fail(`${name} can’t be reached by keyboard`);
}

testOnCheckout('it is paid by keyboard alone, in the sandbox', async (t, gateway) => {
  const name = newName('counter');
  const { page } = await openPage(t, { url: gateway.url + (await codeOn(gateway, name, 'STATIC')) });
  await shows(page, 'Any amount');
  await page.getByRole('button', { name: 'Pay now' }).waitFor();
  const alert = page.locator('.failure');
  for (const [amount, told] of [
    ['1', /^It was not paid: .*amount/],
    ['25000', /^$/],
  ] as const) {
    await tabTo(page, 'amount');
    await page.keyboard.press('Control+A');
    await page.keyboard.type(amount);
    await page.keyboard.press('Enter');
    if (amount === '1') await page.getByText('It was not paid').waitFor();
    else await shows(page, 'Rp 25,000 received');
    assert.match(plain(await alert.textContent()), told);
  }
  await picture(page, 'checkout-received');
  await assertAccessible(page);

  await page.goto(gateway.url + (await codeOn(gateway, newName('order'))));
  await page.getByRole('button', { name: 'Pay now' }).waitFor();
  await tabTo(page, 'Pay now');
  await page.keyboard.press('Enter');
  await paid(page);
  assert.equal(await page.locator(':focus').textContent(), 'Payment received');
});

testOnCheckout('it speaks the payer’s language, or the one that is chosen', async (t, gateway) => {
  const { page } = await openPage(t, {
    locale: 'id-ID',
    url: gateway.url + (await codeOn(gateway, newName('pesanan'))),
  });
  await shows(page, 'Rp 15.000');
  await shows(page, 'Menunggu pembayaran');
  await picture(page, 'checkout-indonesian');
  assert.equal(await page.locator('html').getAttribute('lang'), 'id');
  await page.getByRole('button', { name: 'English' }).click();
  await shows(page, 'Waiting for payment');
  await page.reload();
  await shows(page, 'Waiting for payment');
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
});
