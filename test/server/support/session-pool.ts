/**
 * Connections to PostgreSQL that outlive who used them, as PgBouncer's session pools keep them. Each is a process there,
 * which reads the catalog before it does anything: where few statements follow, that is most of what they cost.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface SessionPool {
  readonly port: number;
  /** Whether everybody who was connected to the database has left it in order; waits for those that are leaving. */
  isLeft(database: string): Promise<boolean>;
  /** Ends the connections that are kept to the database. */
  forget(database: string): void;
  close(): Promise<void>;
}

/** What a client says of itself when it connects. */
type Parameters = Readonly<Record<string, string>>;

/** Kept to each database for whoever comes next; a server of Malipo has at most as many and a few more. */
const IDLE_MAX = 16;

/** Nothing stays of who used a connection: no setting, statement, lock or channel. */
const EMPTY = 'DISCARD ALL';

const PROTOCOL_3 = 196_608;
const CANCEL = 80_877_102;
/** Query and Sync: each is answered by one ReadyForQuery. */
const ASKS = ['Q', 'S'];
const TERMINATE = 'X';
const TERMINATE_BYTES = 5;

/**
 * @param server where PostgreSQL listens, and asks no password
 * @param databaseCalled the database that is meant by a name
 */
export async function openSessionPool(server: { host: string; port: number }, databaseCalled: (name: string) => string): Promise<SessionPool> {
  const backends = new Set<Backend>();
  const clients = new Set<Socket>();
  const idleAt = (database: string) => [...backends].filter((backend) => backend.isIdle && backend.database === database);

  function backendFor(parameters: Parameters & { database: string }): Backend {
    const kept = idleAt(parameters.database).findLast((backend) => backend.answersTo(parameters));
    if (kept !== undefined) return kept;
    const backend = new Backend(connect(server), parameters);
    backends.add(backend);
    backend.socket.on('close', () => backends.delete(backend));
    return backend;
  }

  async function welcome(client: Socket, { application_name: name = '', database = '', ...parameters }: Parameters): Promise<void> {
    const backend = backendFor({ ...parameters, database: databaseCalled(database) });
    backend.isIdle = false;
    await backend.opened;
    await backend.ask(`SET application_name = '${name.replaceAll("'", "''")}'`);
    backend.serve(client);
    let hasLeft = false;
    const messages = new Messages((type) => {
      if (ASKS.includes(type)) backend.expectAnswer();
      hasLeft ||= type === TERMINATE;
    });
    client.on('data', (bytes: Buffer) => {
      messages.take(bytes);
      backend.socket.write(hasLeft ? bytes.subarray(0, -TERMINATE_BYTES) : bytes);
      if (hasLeft) void (backend.emptied = leave(client, backend));
    });
    client.on('end', () => {
      if (!hasLeft) client.destroy();
    });
    client.on('close', () => {
      if (!hasLeft) backend.socket.destroy();
    });
    if (client.destroyed) backend.socket.destroy();
  }

  /** Who left is told so once nothing is left of them, as by PostgreSQL itself. */
  async function leave(client: Socket, backend: Backend): Promise<void> {
    backend.serve(null);
    const isEmpty = await backend.ask(EMPTY);
    backend.isIdle = isEmpty && idleAt(backend.database).length < IDLE_MAX;
    if (!backend.isIdle) backend.socket.destroy();
    client.end();
  }

  const door = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    clients.add(client);
    client.on('error', () => undefined);
    client.on('close', () => clients.delete(client));
    client.once('data', (bytes: Buffer) => {
      const code = bytes.readInt32BE(4);
      if (code === PROTOCOL_3) return void welcome(client, parametersIn(bytes));
      if (code === CANCEL) connect(server).on('error', () => undefined).end(bytes);
      client.destroy();
    });
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');

  return {
    port: (door.address() as AddressInfo).port,
    isLeft: async (database) => {
      const there = [...backends].filter((backend) => backend.database === database);
      await Promise.all(there.map(({ emptied }) => emptied));
      return there.every(({ isIdle, socket }) => isIdle || socket.destroyed);
    },
    forget: (database) => {
      for (const { socket } of idleAt(database)) socket.destroy();
    },
    close: async () => {
      for (const { socket } of backends) socket.destroy();
      for (const client of clients) client.destroy();
      door.close();
      await once(door, 'close');
    },
  };
}

/** A connection to PostgreSQL, which serves one client after the other. */
class Backend {
  readonly socket: Socket;
  readonly database: string;
  isIdle = false;
  /** Resolves once it can be asked, or has ended. */
  readonly opened: Promise<unknown>;
  /** Resolves once nothing is left of the last client. */
  emptied: Promise<unknown> = Promise.resolve();
  readonly #parameters: string;
  /** What the server said when it was opened: each client is to hear it. */
  readonly #greeting: Buffer[] = [];
  #client: Socket | null = null;
  /** Answers that are still to come, and whether the one that comes is without an error so far. */
  #due = 1;
  #isGood = true;
  #answered: (isGood: boolean) => void = () => undefined;

  constructor(socket: Socket, parameters: Parameters & { database: string }) {
    this.socket = socket;
    this.database = parameters.database;
    this.#parameters = JSON.stringify(parameters);
    this.opened = this.#answer();
    let isOpen = false;
    const messages = new Messages((type) => {
      if (type === 'E') this.#isGood = false;
      if (type !== 'Z') return;
      isOpen = true;
      this.#due--;
      this.#answered(this.#isGood);
    });
    socket.setNoDelay();
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      if (!isOpen) this.#greeting.push(bytes);
      messages.take(bytes);
      this.#client?.write(bytes);
    });
    socket.on('close', () => {
      this.isIdle = false;
      this.#answered(false);
      this.#client?.end();
    });
    socket.write(startupOf(parameters));
  }

  answersTo(parameters: Parameters): boolean {
    return this.#parameters === JSON.stringify(parameters);
  }

  /** The client hears from now on what is answered; null: nobody does. */
  serve(client: Socket | null): void {
    this.#client = client;
    for (const bytes of this.#greeting) client?.write(bytes);
    if (this.socket.destroyed) client?.end();
  }

  /** Each is answered by whether the server is ready. */
  expectAnswer(): void {
    this.#due++;
  }

  /** Whether it was done; what others asked before must be answered. */
  async ask(sql: string): Promise<boolean> {
    if (this.#due > 0 || this.socket.destroyed) return false;
    this.#due++;
    const answer = this.#answer();
    this.socket.write(messageOf('Q', `${sql}\0`));
    return answer;
  }

  #answer(): Promise<boolean> {
    this.#isGood = true;
    return new Promise((resolve) => (this.#answered = resolve));
  }
}

/** The messages in a stream of PostgreSQL's protocol: a letter, and a length that counts itself. */
class Messages {
  readonly #heard: (type: string) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(heard: (type: string) => void) {
    this.#heard = heard;
  }

  take(bytes: Buffer): void {
    const all = Buffer.concat([this.#rest, bytes]);
    let at = 0;
    while (all.length >= at + 5) {
      const end = at + 1 + all.readInt32BE(at + 1);
      if (end > all.length) break;
      this.#heard(String.fromCharCode(all[at]!));
      at = end;
    }
    this.#rest = all.subarray(at);
  }
}

function messageOf(type: string, body: string): Buffer {
  const bytes = Buffer.from(`${type}\0\0\0\0${body}`);
  bytes.writeInt32BE(bytes.length - type.length, type.length);
  return bytes;
}

function startupOf(parameters: Parameters): Buffer {
  const bytes = messageOf('', `\0\0\0\0${Object.entries(parameters).flat().join('\0')}\0\0`);
  bytes.writeInt32BE(PROTOCOL_3, 4);
  return bytes;
}

function parametersIn(startup: Buffer): Parameters {
  const words = startup.toString('utf8', 8).split('\0').slice(0, -2);
  return Object.fromEntries(words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1]!]] : [])));
}
