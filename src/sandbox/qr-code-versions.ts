import type { Route } from './http.ts';
import { versionOf } from './input.ts';

/** The `api-version` that picks version 2 of the QR API; without it a call is of version 1. */
export const qrVersion2 = '2022-07-31';

/**
 * Two versions of the QR API on the same paths, told apart by `api-version`. An endpoint that only one version has answers whatever
 * the header says.
 *
 * @throws ApiError from a route: 400 API_VALIDATION_ERROR the header names another version.
 */
export function byVersion(version1: Route[], version2: Route[]): Route[] {
  const merged = version1.map((route): Route => {
    const newer = version2.find(({ endpoint }) => endpoint === route.endpoint);
    return newer === undefined
      ? route
      : { ...route, handle: (call) => (isVersion2(call) ? newer : route).handle(call) };
  });
  const added = version2.filter(({ endpoint }) => !version1.some((route) => route.endpoint === endpoint));
  return [...merged, ...added];
}

function isVersion2(call: Parameters<Route['handle']>[0]): boolean {
  return versionOf(call, [qrVersion2]) !== undefined;
}
