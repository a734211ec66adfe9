import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import ip from 'ipaddr.js';

/** Tells whence a request comes: an IPv4 address, or the /64 of an IPv6 one; empty where the connection is gone already. */
export type AddressOf = (request: IncomingMessage) => string;

/** @param trustedProxies addresses and ranges whose `X-Forwarded-For` is believed. */
export function createAddressOf(trustedProxies: readonly string[]): AddressOf {
  const isTrusted = proxyAddr.compile([...trustedProxies]);
  return (request) => neighbourhoodOf(proxyAddr(request, isTrusted));
}

/** One IPv6 subscriber has 2^64 addresses, and is one. */
const ipv6SubscriberBits = 64;

function neighbourhoodOf(address: string | undefined): string {
  if (address === undefined || !ip.isValid(address)) return address ?? '';
  const parsed = ip.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return ip.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${ipv6SubscriberBits}`).toString();
}
