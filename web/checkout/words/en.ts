import type { Fault } from '../fault.ts';
import type { Standing } from '../standing.ts';

interface Notice {
  title: string;
  text: string;
}

/** All that the page says, in English. */
export const en = {
  name: 'English',
  checkout: 'Checkout',
  language: 'Language',
  modes: { sandbox: 'Sandbox, play money', test: 'Test mode, play money', live: '' },

  payTo: 'Pay to',
  payment: 'Payment',
  refund: 'Refund',
  savedMeans: 'Means of payment',
  anyAmount: 'Any amount',
  anyAmountHint: 'Type the amount in your app.',
  reference: 'Reference',
  channel: 'Method',
  expiresIn: 'Expires in',
  expiresAt: 'Expires',
  minutesLeft: (minutes: number) => (minutes === 1 ? 'One minute left to pay' : `${minutes} minutes left to pay`),

  qrAlt: (amount: string | undefined) => (amount === undefined ? 'QR code to pay' : `QR code to pay ${amount}`),
  scan: 'Scan with your banking or e-wallet app',
  saveQr: 'Save QR code',
  saveFailed: 'It could not be saved. Take a screenshot instead.',
  onThisPhone: 'Paying with this phone?',
  onThisPhoneHint:
    'Save the code or take a screenshot, open your banking or e-wallet app, and choose the picture where it scans.',
  numbers: {
    VIRTUAL_ACCOUNT_NUMBER: 'Virtual account number',
    PAYMENT_CODE: 'Payment code',
    other: 'Payment number',
  },
  payExactly: 'Pay exactly this amount to this number.',
  goOn: 'Continue to payment',
  goOnHint: 'You pay on another page. This one tells when the money has arrived.',
  goOnOther: 'Continue',
  goOnOtherHint: 'It is done on another page. This one tells when it is.',
  elsewhere: 'Go on in the app or page where you began. This page tells when the money has arrived.',
  copy: (what: string) => `Copy ${what}`,
  copied: 'Copied',
  amount: 'amount',

  payNow: 'Pay now',
  payNowHint: 'Pays with play money, as your app would with real money.',
  paying: 'Paying…',
  payAmount: 'Amount to pay',
  payFailed: (why: string) => `It was not paid: ${why}`,
  notReached: 'the gateway could not be reached. Try again.',

  paid: 'Payment received',
  paidTitle: (amount: string) => `Paid ${amount}`,
  paidAt: (time: string) => `Received ${time}`,
  mayClose: 'You can close this page.',
  received: 'Received here',
  receivedAmount: (amount: string) => `${amount} received`,
  nothingYet: 'No payment yet. Each one is shown here the moment it arrives.',
  notListed: 'This connection doesn’t list single payments: ask the merchant whether yours has arrived.',
  standings: {
    OPEN: { title: 'Waiting for payment', text: 'This page changes by itself when the money arrives.' },
    PENDING: { title: 'Payment on its way', text: 'It is being confirmed. Keep this page open, and don’t pay again.' },
    DONE: { title: 'Done', text: 'There is nothing left to do here.' },
    EXPIRED: {
      title: 'Expired',
      text: 'Don’t pay this any more: ask the merchant for a new one. If you have paid already, keep this page open; it tells when the money arrives.',
    },
    FAILED: {
      title: 'Payment failed',
      text: 'It was not paid. Ask the merchant for a new one. Should your money arrive all the same, this page tells you.',
    },
    CANCELED: {
      title: 'Cancelled',
      text: 'This was called off: don’t pay it. If you have paid already, keep this page open; it tells when the money arrives.',
    },
  } satisfies Record<Exclude<Standing['type'], 'PAID'>, Notice>,
  /** Where nobody is to pay: a means of payment is kept, or money given back. */
  otherStandings: {
    OPEN: {
      title: 'Not finished yet',
      text: 'Nothing is to be paid here. This page changes by itself when it is done.',
    },
    PENDING: { title: 'On its way', text: 'It is being confirmed. There is nothing for you to do.' },
    DONE: { title: 'Done', text: 'There is nothing left to do here.' },
    EXPIRED: { title: 'Expired', text: 'Nothing can be done here any more. Ask the merchant for a new link.' },
    FAILED: { title: 'It didn’t work', text: 'Nothing was kept or given back. Ask the merchant what to do.' },
    CANCELED: { title: 'Cancelled', text: 'This was called off. There is nothing left to do here.' },
  } satisfies Record<Exclude<Standing['type'], 'PAID'>, Notice>,

  faults: {
    INVALID: {
      title: 'This link doesn’t work',
      text: 'It is incomplete, or from somewhere else. Open it again where you got it, or ask the merchant.',
    },
    EXPIRED: {
      title: 'This link has expired',
      text: 'It tells no more news. Ask the merchant for a new one before you pay.',
    },
    UNKNOWN: {
      title: 'Nothing to pay here',
      text: 'Nobody knows this payment any more. Ask the merchant for a new link.',
    },
    REFUSED: {
      title: 'This page can’t be shown',
      text: 'The gateway doesn’t allow it. Ask the merchant for a new link.',
    },
    AWAY: { title: 'No connection', text: 'The payment can’t be loaded now. It is tried again by itself.' },
  } satisfies Record<Fault, Notice>,

  loading: 'Loading the payment…',
  connecting: 'Connecting…',
  reconnecting: 'Connection lost. Reconnecting…',
  live: {
    websocket: 'Live by WebSocket',
    sse: 'Live by server-sent events',
    polling: 'Asking every few seconds',
  },
};

export type Words = typeof en;
