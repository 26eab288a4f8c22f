/** Which surface a route's pattern belongs to: one of a few. */
export type Surface = 'v1' | 'dukuzi' | 'checkout' | 'streams' | 'webhooks' | 'pages' | 'health' | 'none';

const BY_PREFIX: readonly (readonly [prefix: string, surface: Surface])[] = [
  ['/api/store/status/', 'streams'],
  ['/v1/webhooks/verify', 'v1'],
  ['/v1/webhooks', 'webhooks'],
  ['/v1', 'v1'],
  ['/create-payment', 'dukuzi'],
  ['/transaction', 'dukuzi'],
  ['/api-proxy.php', 'dukuzi'],
  ['/api/store', 'checkout'],
  ['/healthz', 'health'],
  ['/readyz', 'health'],
  ['/metrics', 'health'],
];

/** `undefined` is a request that met no route. */
export function surfaceOf(route: string | undefined): Surface {
  if (route === undefined) return 'none';
  return BY_PREFIX.find(([prefix]) => route.startsWith(prefix))?.[1] ?? 'pages';
}
