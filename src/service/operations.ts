import { createCustomerOperation } from './customers.ts';
import type { OnceOperation } from './once.ts';
import { createPaymentRequestOperation } from './payment-requests.ts';
import { createPaymentSessionOperation } from './payment-sessions.ts';
import { createPaymentTokenOperation } from './payment-tokens.ts';
import { createCaptureOperation } from './payments.ts';
import { createQrCodeOperation } from './qr-codes.ts';
import { createRefundOperation } from './refunds.ts';
import type { Rooms } from './rooms.ts';

/** Everything that is done once for each key. */
export function createOperations(rooms: Rooms) {
  return {
    createQrCode: createQrCodeOperation(rooms),
    createPaymentRequest: createPaymentRequestOperation(rooms),
    capturePayment: createCaptureOperation(rooms),
    createPaymentSession: createPaymentSessionOperation(rooms),
    createPaymentToken: createPaymentTokenOperation(rooms),
    createRefund: createRefundOperation(rooms),
    createCustomer: createCustomerOperation(rooms),
  };
}

export type Operations = ReturnType<typeof createOperations>;

/** The operations by the names that keys are kept under. */
export function byName(operations: Operations): Map<string, OnceOperation<never, unknown>> {
  return new Map(
    Object.values(operations).map((operation) => [operation.name, operation as OnceOperation<never, unknown>]),
  );
}
