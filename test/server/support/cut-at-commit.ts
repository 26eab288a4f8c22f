import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface CutAtCommit {
  /** The database's address through the wire. */
  readonly databaseUrl: string;
  /** Resolves when the next COMMIT was sent: nothing of the wire is left then, and nobody gets through before `mend`. */
  cutAtNextCommit(options: { delivered: boolean }): Promise<void>;
  mend(): void;
}

/** A wire to a PostgreSQL server that breaks at a COMMIT: just before the server gets it, or just before its answer comes back. */
export async function cutAtCommit(databaseUrl: string): Promise<CutAtCommit> {
  const { hostname, port } = new URL(databaseUrl);
  const open = new Set<Socket>();
  let cut: { delivered: boolean; done: () => void } | null = null;
  let isBroken = false;
  const breakAll = () => {
    isBroken = true;
    for (const socket of open) socket.destroy();
    cut?.done();
    cut = null;
  };
  const wire = createServer((near) => {
    if (isBroken) return void near.destroy();
    const far = connect(Number(port), hostname);
    let isLast = false;
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (sent) => {
      if (cut !== null && sent.includes('COMMIT\0')) {
        if (!cut.delivered) return breakAll();
        isLast = true;
      }
      far.write(sent);
    });
    far.on('data', (answer) => (isLast ? breakAll() : void near.write(answer)));
  });
  wire.listen(0, '127.0.0.1');
  await once(wire, 'listening');
  onTestFinished(() => {
    wire.close();
    breakAll();
  });
  const through = new URL(databaseUrl);
  through.port = String((wire.address() as AddressInfo).port);
  return {
    databaseUrl: through.href,
    cutAtNextCommit: ({ delivered }) => new Promise((done) => (cut = { delivered, done })),
    mend: () => (isBroken = false),
  };
}
