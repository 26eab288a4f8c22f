/** A provider that gives no answer is told of, by its host and the reason, and not at every asking. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { MINUTE_MS } from '../../../server/core/clock.ts';
import { NoAnswerError, providerHttp } from '../../../server/providers/http.ts';
import { tellingWhenUnreachable } from '../../../server/providers/unreachable.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** Where every request breaks off. A port that was given back may be somebody else's a moment later. */
async function deadHost(): Promise<string> {
  const server = http.createServer((request) => void request.resume().on('end', () => request.socket.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('an address that gives no answer is said once in five minutes, without what was asked', async () => {
  const said: { details: object; message: string }[] = [];
  const clock = new ManualClock();
  const log = { warn: (details: object, message: string) => void said.push({ details, message }), error: () => undefined };
  const send = tellingWhenUnreachable(providerHttp(clock), { slug: 'iotec', clock, log });
  const host = await deadHost();
  const ask = () => send({ method: 'POST', url: `http://${host}/collect?phone=256772123456`, headers: { authorization: 'Bearer hidden' }, body: '{"payer":"256772123456"}' });
  for (let times = 0; times < 3; times++) await expect(ask()).rejects.toThrow(NoAnswerError);
  expect(said).toEqual([{ details: { provider: 'iotec', host, reason: 'ECONNRESET' }, message: `iotec gives no answer of any use at ${host}: what was sent is asked about until it does` }]);
  clock.advance(5 * MINUTE_MS);
  await expect(ask()).rejects.toThrow(NoAnswerError);
  expect(said).toHaveLength(2);
});
