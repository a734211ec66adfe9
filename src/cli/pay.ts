import type { Command } from 'commander';
import { CommandError, exitCodes } from './command-error.ts';
import { createGatewayClient, type Failed, type GatewayClient, isFailed } from './gateway-client.ts';
import { decimal, type GatewayOptions, wholeNumber, withGateway } from './options.ts';
import type { Output } from './output.ts';
import type { PaymentNews, RequestNews } from './payment-news.ts';

interface PayOptions extends GatewayOptions {
  amount?: string;
  wait: number;
}

/** `pay`: plays the payer, with play money. */
export function addPay(program: Command, output: Output): void {
  withGateway(program.command('pay'))
    .description('pay a QR code or a payment request with play money, in the sandbox or in Xendit’s test mode')
    .argument('<what>', 'the external id of a QR code, or the id of a payment request, `pr-…`')
    .option('--amount <amount>', 'in major units; for a STATIC code, or to pay a request something else', decimal)
    .option(
      '--wait <ms>',
      'how long to wait for the news that a payment request is paid',
      wholeNumber(0, 600_000),
      10_000,
    )
    .addHelpText(
      'after',
      `
Needs the scope payments:simulate, and payments:read to wait. With --wait 0 a payment request is only told to be paid.

  xendit-graphql pay order-1
  xendit-graphql pay pr-5593127f-8c7b-4d2f-b487-c785ffc21e2f --json

Exit codes: 0 paid, 1 not paid or not known in time, 2 the command line is wrong.`,
    )
    .action(async (what: string, options: PayOptions) => {
      const gateway = createGatewayClient(options);
      if (what.startsWith('pr-')) await payRequest(gateway, what, options, output);
      else await payCode(gateway, what, options, output);
    });
}

interface Money {
  amount: string;
  currency: string;
}

interface PaidCode {
  simulateQrPayment: Failed | { qrPayment: { id: string; status: string; amount: Money | null } };
}

async function payCode(
  gateway: GatewayClient,
  externalId: string,
  { amount }: PayOptions,
  output: Output,
): Promise<void> {
  const { simulateQrPayment: result } = await gateway.ask<PaidCode>(
    `mutation ($input: SimulateQrPaymentInput!) {
      simulateQrPayment(input: $input) {
        ... on SimulateQrPaymentPayload { qrPayment { id status amount { amount currency } } }
        ... on Failure { code message }
      }
    }`,
    { input: { externalId, amount } },
  );
  if (isFailed(result)) throw new CommandError(result.code, result.message);
  const { id, status, amount: paid } = result.qrPayment;
  output.tell(`${id}  ${status}${paid === null ? '' : `  ${paid.amount} ${paid.currency}`}`, {
    qrPayment: result.qrPayment,
  });
}

async function payRequest(
  gateway: GatewayClient,
  paymentRequestId: string,
  { amount, wait }: PayOptions,
  output: Output,
): Promise<void> {
  const news = wait === 0 ? undefined : await listen(gateway, paymentRequestId, wait);
  try {
    const { simulatePayment: result } = await gateway.ask<{ simulatePayment: Failed | RequestNews }>(
      `mutation ($input: SimulatePaymentInput!) {
        simulatePayment(input: $input) {
          ... on SimulatePaymentPayload { paymentRequest { id status } }
          ... on Failure { code message }
        }
      }`,
      { input: { paymentRequestId, amount } },
    );
    if (isFailed(result)) throw new CommandError(result.code, result.message);
    const { paymentRequest, payment } = (await news?.next()) ?? result;
    if (payment && payment.status !== 'SUCCEEDED') process.exitCode = exitCodes.failed;
    const paid = payment ? `  by ${payment.id}  ${payment.status}` : '  told to be paid';
    output.tell(`${paymentRequest.id}  ${paymentRequest.status}${paid}`, { paymentRequest, payment });
  } finally {
    await news?.close();
  }
}

/** What speaks over a WebSocket is loaded for this alone. */
async function listen(...to: [GatewayClient, string, number]): Promise<PaymentNews> {
  const { listenForPayment } = await import('./payment-news.ts');
  return listenForPayment(...to);
}
