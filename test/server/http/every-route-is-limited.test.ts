/** Whatever address is added: it is counted, or stands here with the reason why it is not. */
import { expect, test } from 'vitest';
import { buildMalipo } from '../support/build-malipo.ts';

/** Not counted, and why that harms nobody. */
const UNCOUNTED: Readonly<Record<string, string>> = {
  'POST /v1/webhooks/:provider': 'all of a provider’s callbacks come from a few addresses, and none may be lost',
  'GET /healthz': 'a supervisor asks, and is answered from memory',
  'GET /readyz': 'a balancer asks, and is answered from what is known for a moment',
  'GET /metrics': 'for this machine and its own network alone',
  'GET /openapi.json': 'a text that is made once',
  'GET /docs': 'a text that is made once',
  'GET /docs*': 'files of the package',
  'GET /docs/widget': 'a text that is made once',
  'GET /docs/widget.md': 'a text that is made once',
  'GET /llms.txt': 'a text that is made once',
  'GET /skill/SKILL.md': 'a text that is made once',
  'GET /': 'a page without data',
  'GET /sandbox/phone': 'a page without data',
  'GET /pay-button.js': 'a file that is kept in memory',
  'GET /pay-button.json': 'a file that is kept in memory',
  'GET /pay-button/:file': 'a file that is kept in memory',
  'GET /pay-button/:build': 'a file that is kept in memory',
  'GET /pay-button/:build/:part': 'a file that is kept in memory',
};

/** `GET /v1/wallets` of each line of Fastify's tree; what answers a method as another does (HEAD, TRACE…) is left out. */
function routesIn(tree: string): string[] {
  const above: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent, path, methods] = /^([\s│]*)[└├]── (\S+) \(([^)]+)\)$/.exec(line) ?? [];
    if (indent === undefined) return [];
    const depth = indent.length / 4;
    above.length = depth;
    above.push(path!);
    const address = above.join('').replace('//', '/');
    return methods!
      .split(', ')
      .filter((method) => ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(method))
      .flatMap((method) => address.split('|').map((each, index) => `${method} ${index === 0 ? each : `${address.split(':')[0]}${each}`}`));
  });
}

test('every address of every surface is counted for each key and address, and says when to come again', async () => {
  // One request of each kind a minute is let through.
  const malipo = await buildMalipo({ env: { RATE_LIMIT_FACTOR: '0.0001' } });
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const routes = routesIn(malipo.app.printRoutes({ commonPrefix: false })).filter((route) => !/^(POST|PUT|PATCH|DELETE) \/docs/.test(route));
  expect(routes).toContain('POST /v1/webhooks/verify');
  expect(Object.keys(UNCOUNTED).filter((route) => !routes.includes(route)), 'are there no more').toEqual([]);
  const letThrough: string[] = [];
  for (const route of routes.filter((each) => !Object.hasOwn(UNCOUNTED, each))) {
    const [method, address] = route.split(' ') as ['GET' | 'POST', string];
    const ask = () => malipo.inject({ method, url: address.replace(/:\w+/g, 'x'), headers: { 'x-api-key': testKey }, ...(method === 'POST' ? { payload: {} } : {}) });
    await ask();
    const again = await ask();
    if (again.statusCode !== 429 || !(Number(again.headers['retry-after']) > 0)) letThrough.push(route);
  }
  expect(letThrough).toEqual([]);
});
