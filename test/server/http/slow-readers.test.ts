import { createServer, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { EventReader } from '../../../server/http/checkout/event-reader.ts';
import { listeningServer } from '../support/event-stream.ts';
import { until } from '../support/until.ts';

const BEAT = Buffer.from('event: heartbeat\n\n');

/** Far more than the sockets of both sides hold between them. */
const FRAMES = 2_000;
const FRAME_BYTES = 16_384;

const frame = (name: string) => Buffer.from(`data: ${name}\n\n`.padStart(FRAME_BYTES, ':\n'));

/** A stream to a client that begins to read when it is told to. */
async function streamToSleeper(): Promise<{ reader: EventReader; response: ServerResponse; client: Socket }> {
  let opened: (response: ServerResponse) => void;
  const response = new Promise<ServerResponse>((resolve) => (opened = resolve));
  const server = createServer((_request, response) => opened(response.writeHead(200)));
  const { port } = new URL(await listeningServer(server));
  const client = connect(Number(port), '127.0.0.1').pause();
  client.on('error', () => undefined);
  client.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
  onTestFinished(() => void client.destroy());
  return { reader: new EventReader(await response), response: await response, client };
}

/** Tells it so much that its socket is full. */
async function fill(reader: EventReader): Promise<void> {
  for (let each = 0; each < FRAMES; each++) {
    reader.snapshot(frame(`change ${each}`));
    if (each % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a reader who does not read is held one snapshot and no more, and is given the latest when it reads again', async () => {
  const { reader, response, client } = await streamToSleeper();
  await fill(reader);
  expect(response.writableLength).toBeLessThan(8 * FRAME_BYTES);
  reader.snapshot(frame('the latest'));
  let text = '';
  client.setEncoding('latin1').on('data', (part: string) => (text += part)).resume();
  await until(() => text.includes('data: the latest'));
  expect(text.match(/data: /g)!.length).toBeLessThan(FRAMES);
  expect(text).not.toContain(`data: change ${FRAMES - 1}`);
});

test('a reader who reads nothing from one beat to the next is cut off', async () => {
  const { reader, response } = await streamToSleeper();
  await fill(reader);
  reader.beat(BEAT);
  expect(response.destroyed).toBe(false);
  reader.beat(BEAT);
  expect(response.destroyed).toBe(true);
});

test('a reader who does not read is not waited for at the end', async () => {
  const { reader, response } = await streamToSleeper();
  await fill(reader);
  reader.end(frame('the end'));
  expect(response.destroyed).toBe(true);
});

test('a reader who reads is never cut off', async () => {
  const { reader, response, client } = await streamToSleeper();
  await fill(reader);
  reader.beat(BEAT);
  client.resume();
  await until(() => !response.writableNeedDrain);
  for (let beat = 0; beat < 3; beat++) reader.beat(BEAT);
  expect(response.destroyed).toBe(false);
});
