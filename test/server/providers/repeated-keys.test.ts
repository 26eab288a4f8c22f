/** What a provider repeats of the key that it was sent is cut from its answer, in whatever spelling; what is like it is left. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { jsonOf, providerHttp } from '../../../server/providers/http.ts';
import { ManualClock } from '../support/manual-clock.ts';

const KEY = 'q7/Zr+w9==.x_&Y-3k';

async function answered(body: string, key: string): Promise<string> {
  const server = http.createServer((_request, response) => void response.end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const answer = await providerHttp(new ManualClock())({ method: 'GET', url: `http://127.0.0.1:${port}/`, headers: { authorization: `Bearer ${key}`, connection: 'close' } });
  return answer.body;
}

test.each([
  ['as it is', KEY],
  ['as PHP writes JSON', KEY.replaceAll('/', '\\/')],
  ['as .NET writes JSON', KEY.replaceAll('+', '\\u002B').replaceAll('&', '\\u0026')],
  ['as Go writes JSON', KEY.replaceAll('&', '\\u0026')],
  ['as in an address', encodeURIComponent(KEY)],
  ['in small letters', KEY.toLowerCase()],
])('a key %s', async (_how, spelling) => {
  expect(jsonOf({ body: await answered(`{"message":"Invalid key: ${spelling}","amount":500}`, KEY) })).toEqual({ message: 'Invalid key: …', amount: 500 });
});

test.each([
  ['is short', 'REL1', '{"account_no":"REL1"}'],
  ['is all digits', '12345678', '{"amount":12345678}'],
  ['has what means something in a pattern', 'abc.defgh', '{"message":"abcxdefgh"}'],
])('nothing is cut by a key that %s', async (_why, key, body) => {
  expect(await answered(body, key)).toBe(body);
});
