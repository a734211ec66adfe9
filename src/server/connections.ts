import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import proxyAddr from '@fastify/proxy-addr';
import ip from 'ipaddr.js';
import type { Log } from '../log.ts';

/** Whatever stays open: WebSockets and event streams. */
export interface Connections {
  /** Once true, nothing new is to begin here. */
  isDraining(): boolean;
  /**
   * Counts one more.
   *
   * @param leave ends it so that its client comes back elsewhere; resolves once it is closed.
   * @returns a function to call when it is closed; undefined when there are too many from its address.
   */
  open(request: IncomingMessage, leave: () => Promise<void>): (() => void) | undefined;
  /** Ends all of them, evenly over this time, so that their clients don't come back all at once. */
  drain(spreadMs: number): Promise<void>;
}

export interface ConnectionsOptions {
  /** From one address at most. */
  perAddress: number;
  /** Addresses and ranges whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[];
  log: Log;
}

export function createConnections({ perAddress, trustedProxies, log }: ConnectionsOptions): Connections {
  const isTrusted = proxyAddr.compile([...trustedProxies]);
  const counts = new Map<string, number>();
  const open = new Set<() => Promise<void>>();
  let isDraining = false;
  return {
    isDraining: () => isDraining,
    open(request, leave) {
      const address = neighbourhoodOf(proxyAddr(request, isTrusted));
      const count = counts.get(address) ?? 0;
      if (count >= perAddress) {
        log.debug({ address, count }, 'too many connections from one address');
        return undefined;
      }
      if (count + 1 === perAddress) {
        log.warn({ address, perAddress }, 'no more connections from this address; TRUSTED_PROXIES names it if a proxy');
      }
      counts.set(address, count + 1);
      const own = () => leave();
      open.add(own);
      return () => {
        if (!open.delete(own)) return;
        const others = (counts.get(address) ?? 1) - 1;
        if (others === 0) counts.delete(address);
        else counts.set(address, others);
      };
    },
    async drain(spreadMs) {
      isDraining = true;
      const leaving: Promise<void>[] = [];
      const all = [...open];
      const beganAt = performance.now();
      for (const [index, leave] of all.entries()) {
        if (!open.has(leave)) continue;
        const wait = beganAt + (spreadMs * index) / all.length - performance.now();
        if (wait > 0) await pause(wait);
        if (open.has(leave)) leaving.push(leave());
      }
      await Promise.all(leaving);
    },
  };
}

/** One IPv6 subscriber has 2^64 addresses, and is one. */
const ipv6SubscriberBits = 64;

/** @param address undefined where the connection is gone already. */
function neighbourhoodOf(address: string | undefined): string {
  if (address === undefined || !ip.isValid(address)) return address ?? '';
  const parsed = ip.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return ip.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${ipv6SubscriberBits}`).toString();
}
