import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

type Pass = (bytes: Buffer | string) => void;

/** What becomes of the bytes of one connection, each way: they are passed on, or they are not. */
export interface Carrier {
  sent(bytes: Buffer | string, pass: Pass): void;
  answered(bytes: Buffer | string, pass: Pass): void;
}

export interface Wire {
  /** The database's address through the wire. */
  readonly databaseUrl: string;
  /** Ends every connection there is. */
  breakAll(): void;
}

/**
 * A wire to a PostgreSQL server, cut when the running test has finished.
 *
 * @param carrierOf is asked for each new connection, which `end` ends; null refuses it
 */
export async function openWire(databaseUrl: string, carrierOf: (end: () => void) => Carrier | null): Promise<Wire> {
  const { hostname, port } = new URL(databaseUrl);
  const open = new Set<Socket>();
  const breakAll = () => {
    for (const socket of open) socket.destroy();
  };
  const wire = createServer((near) => {
    const carrier = carrierOf(() => void near.destroy());
    if (carrier === null) return void near.destroy();
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (bytes) => carrier.sent(bytes, (passed) => void far.write(passed)));
    far.on('data', (bytes) => carrier.answered(bytes, (passed) => void near.write(passed)));
  });
  wire.listen(0, '127.0.0.1');
  await once(wire, 'listening');
  onTestFinished(() => {
    wire.close();
    breakAll();
  });
  const through = new URL(databaseUrl);
  through.port = String((wire.address() as AddressInfo).port);
  return { databaseUrl: through.href, breakAll };
}

export interface MutedWire extends Wire {
  /** From now on the connections there are carry nothing, either way, and do not end; new ones work, or do not either. */
  mute(options?: { newOnesToo: boolean }): void;
  /** New connections work. */
  unmute(): void;
}

/** A wire as of a machine that lost its power, or a network that swallows everything. */
export async function mutedWire(databaseUrl: string): Promise<MutedWire> {
  let mutings = 0;
  let isMute = false;
  const wire = await openWire(databaseUrl, () => {
    const since = isMute ? -1 : mutings;
    const carry = (bytes: Buffer | string, pass: Pass) => {
      if (mutings === since) pass(bytes);
    };
    return { sent: carry, answered: carry };
  });
  return {
    ...wire,
    mute: ({ newOnesToo } = { newOnesToo: false }) => {
      mutings++;
      isMute = newOnesToo;
    },
    unmute: () => (isMute = false),
  };
}
