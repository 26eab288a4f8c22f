import type { ServerResponse } from 'node:http';

/**
 * One reader of server-sent events, for whom never more is held than its socket takes and the latest snapshot: each
 * snapshot is whole, so one that was never read is replaced by the next. Who does not read at all is cut off; it comes
 * back by itself, and is then told how things stand.
 */
export class EventReader {
  readonly #response: ServerResponse;
  #stalled = false;
  #missedBeat = false;
  #waiting: Buffer | null = null;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.on('drain', () => this.#resume());
  }

  snapshot(frame: Buffer): void {
    if (this.#stalled) this.#waiting = frame;
    else this.#write(frame);
  }

  /** A second beat in a row that it could not be sent ends it. */
  beat(frame: Buffer): void {
    if (!this.#stalled) this.#write(frame);
    else if (this.#missedBeat) this.#response.destroy();
    else this.#missedBeat = true;
  }

  /** Says a last thing and ends. */
  end(frame: Buffer): void {
    if (this.#stalled) this.#response.destroy();
    else if (!this.#response.writableEnded) this.#response.end(frame);
  }

  /** Ends without a word, as after an error. */
  cut(): void {
    this.#response.destroy();
  }

  #write(frame: Buffer): void {
    if (!this.#response.writableEnded) this.#stalled = !this.#response.write(frame);
  }

  #resume(): void {
    this.#stalled = false;
    this.#missedBeat = false;
    const frame = this.#waiting;
    this.#waiting = null;
    if (frame !== null) this.#write(frame);
  }
}
