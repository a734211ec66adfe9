import type { Scope } from './bench.ts';
import { openLoad } from './load.ts';
import type { Program } from './program.ts';

export const callbackToken = 'bench-callback-token';

/** What one round of deliveries came to. */
export interface Delivered {
  cpuMsEach: number;
  perSecond: number;
}

/** A webhook `qr.payment` of version 1 about a code and a payment that are both named after it. */
export function qrPayment(name: string, code = name): string {
  return JSON.stringify({
    event: 'qr.payment',
    id: `qrpy_${name}`,
    amount: 15_000,
    created: '2026-11-01T08:05:00.000Z',
    qr_code: {
      id: `qr_${code}`,
      external_id: code,
      qr_string: '0002',
      type: code.startsWith('static') ? 'STATIC' : 'DYNAMIC',
    },
    status: 'COMPLETED',
    payment_detail: { receipt_id: name, source: 'GOPAY' },
  });
}

/** Sends webhooks by 64 connections, each answered before its connection sends the next. */
export function openSending(
  scope: Scope,
  program: Program,
): (count: number, bodyOf: (index: number) => string) => Promise<void> {
  const load = openLoad(program.url);
  scope.after(() => load.close());
  return (count, bodyOf) => {
    const request = (index: number) => ({
      path: '/webhooks/xendit',
      method: 'POST' as const,
      headers: { 'content-type': 'application/json', 'x-callback-token': callbackToken },
      body: bodyOf(index),
    });
    return load.send(count, request, ({ status, text }) => {
      if (status !== 200) throw new Error(`${status} ${text}`);
    });
  };
}

/** The same, measured. */
export function openDelivering(
  scope: Scope,
  program: Program,
): (count: number, bodyOf: (index: number) => string) => Promise<Delivered> {
  const send = openSending(scope, program);
  return async (count, bodyOf) => {
    const cpuBefore = await program.cpuMs();
    const beganAt = performance.now();
    await send(count, bodyOf);
    const tookMs = performance.now() - beganAt;
    return { cpuMsEach: ((await program.cpuMs()) - cpuBefore) / count, perSecond: (count / tookMs) * 1_000 };
  };
}
