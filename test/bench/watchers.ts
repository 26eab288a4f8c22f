/**
 * Buyers who wait: makes payments, opens a status stream for each and then approves some, one after another at an even
 * pace. A process of its own, told what to do by messages: `pay`, `open`, `approve`; it answers each when it is done.
 */
import http from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Watching {
  /** The server that is asked. */
  url: string;
  /** Where each payment is watched; at the same server when absent. */
  watchAt?: readonly string[];
  key: string;
  streams: number;
  /** How many are approved, and how many in a second. */
  approvals: number;
  perSecond: number;
}

export type Order = { do: 'pay' } | { do: 'open' } | { do: 'approve' };
export type Done = { done: 'pay' } | { done: 'open'; open: number } | Approved;

interface Approved {
  done: 'approve';
  /** From the moment a buyer's approval is sent until one of the streams tells its end. */
  tookMs: number[];
  /** From then until all of them have told it. */
  apartMs: number[];
  open: number;
}

/** Requests, and connections being opened, at once. */
const AT_ONCE = 64;

const { url, key, streams, approvals, perSecond, watchAt = [url] } = JSON.parse(process.argv[2]!) as Watching;
const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });

const references: string[] = [];
const open = new Set<Socket>();
const heard = new Map<string, (at: number) => void>();

process.on('message', (order: Order) => void carryOut(order).then((done) => process.send!(done)));

async function carryOut(order: Order): Promise<Done> {
  switch (order.do) {
    case 'pay':
      await inTurn(streams, async (index) => void (references[index] = await collect(index)));
      return { done: 'pay' };
    case 'open':
      await inTurn(streams, async (index) => void (await Promise.all(watchAt.map((server) => watch(server, references[index]!)))));
      return { done: 'open', open: open.size };
    case 'approve':
      return { done: 'approve', ...(await approve()), open: open.size };
  }
}

async function collect(index: number): Promise<string> {
  // Beyond the endings that mean something to the sandbox.
  const phone_number = `25677${String(1_000_100 + index)}`;
  const { data } = await post<{ data: { reference: string } }>('/v1/payments/collect', { amount: 50_000, currency: 'UGX', phone_number, description: 'Order' });
  return data.reference;
}

/** Resolves when the present state has arrived: from then on it waits for the end. */
function watch(server: string, reference: string): Promise<void> {
  const { hostname, port } = new URL(server);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.setEncoding('latin1').write(`GET /api/store/status/${reference} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAccept: text/event-stream\r\n\r\n`);
    socket.on('data', (text: string) => {
      if (text.includes('"status":"pending"')) {
        open.add(socket);
        resolve();
      }
      if (text.includes('"status":"completed"')) {
        heard.get(reference)?.(performance.now());
        open.delete(socket);
        socket.destroy();
      }
    });
    socket.on('error', reject).on('close', () => open.delete(socket));
  });
}

async function approve(): Promise<Pick<Approved, 'tookMs' | 'apartMs'>> {
  const step = Math.floor(streams / approvals);
  const start = performance.now();
  const waiting: Promise<{ tookMs: number; apartMs: number }>[] = [];
  for (let each = 0; each < approvals; each++) {
    const reference = references[each * step]!;
    await sleep(Math.max(0, start + (each * 1_000) / perSecond - performance.now()));
    const sentAt = performance.now();
    waiting.push(toldEverywhere(reference).then(([first, last]) => ({ tookMs: first - sentAt, apartMs: last - first })));
    void post(`/sandbox/phone/prompts/${reference}`, { action: 'approve', pin: '1234' });
  }
  const told = await Promise.all(waiting);
  return { tookMs: told.map(({ tookMs }) => tookMs), apartMs: told.map(({ apartMs }) => apartMs) };
}

/** When the first and the last of its streams tell the payment's end. */
function toldEverywhere(reference: string): Promise<[first: number, last: number]> {
  const times: number[] = [];
  return new Promise((resolve) => {
    heard.set(reference, (at) => {
      times.push(at);
      if (times.length === watchAt.length) resolve([times[0]!, at]);
    });
  });
}

async function inTurn(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

function post<T>(path: string, body: object): Promise<T> {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(body);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), 'x-api-key': key };
    const request = http.request(url + path, { method: 'POST', agent, headers }, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
      response.on('end', () => (response.statusCode! < 300 ? resolve(JSON.parse(answer) as T) : reject(new Error(`${path} answered ${answer}`))));
    });
    request.on('error', reject).end(text);
  });
}
