import { openWire } from './wire.ts';

export interface CutAtCommit {
  /** The database's address through the wire. */
  readonly databaseUrl: string;
  /** Resolves when the next COMMIT was sent: nothing of the wire is left then, and nobody gets through before `mend`. */
  cutAtNextCommit(options: { delivered: boolean }): Promise<void>;
  mend(): void;
}

/** A wire to a PostgreSQL server that breaks at a COMMIT: just before the server gets it, or just before its answer comes back. */
export async function cutAtCommit(databaseUrl: string): Promise<CutAtCommit> {
  let cut: { delivered: boolean; done: () => void } | null = null;
  let isBroken = false;
  const wire = await openWire(databaseUrl, () => {
    if (isBroken) return null;
    let isLast = false;
    return {
      sent(bytes, pass) {
        if (cut !== null && bytes.includes('COMMIT\0')) {
          if (!cut.delivered) return breakAll();
          isLast = true;
        }
        pass(bytes);
      },
      answered: (bytes, pass) => (isLast ? breakAll() : pass(bytes)),
    };
  });
  const breakAll = () => {
    isBroken = true;
    wire.breakAll();
    cut?.done();
    cut = null;
  };
  return {
    databaseUrl: wire.databaseUrl,
    cutAtNextCommit: ({ delivered }) => new Promise((done) => (cut = { delivered, done })),
    mend: () => (isBroken = false),
  };
}
