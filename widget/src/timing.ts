/**
 * Every interval the widget keeps, in milliseconds. Not public: an object and not constants so that tests can
 * own the clock.
 */
export const TIMING = {
  /** Between polls; the last one repeats. A buyer approves within seconds, a forgotten tab must stay cheap. */
  pollMs: [2_000, 3_000, 5_000, 10_000],
  /** A stream that is not open by then is probably held back by a proxy or a full connection pool. */
  streamOpenMs: 3_000,
  /** The server beats at least every 20 s: two beats missed mean a dead socket that reports no error. */
  silenceMs: 45_000,
  /** A read that takes longer than this counts as unanswered. */
  readMs: 15_000,
  /** Words of another language that come so much later than the panel find it speaking English. */
  wordsMs: 2_000,
  /** Stripe.js and the form it makes, which on the slowest networks take half of it; and before, what that is made from. */
  formMs: 60_000,
  /** An item read longer ago is read again when the panel opens: prices and lines change. */
  freshMs: 60_000,
  /** Then the buyer is told that we do not know; the start request itself is never aborted. */
  startMs: 30_000,
  /** How often a payment that its server still calls pending is questioned after its deadline. */
  overdueMs: 60_000,
  /** A lost start is replayed by itself for this long; later only when the buyer asks, who may have given up. */
  replayMs: 15 * 60_000,
  /** A start without an answer is forgotten after a day: servers keep idempotency keys for seven. */
  attemptMs: 24 * 60 * 60_000,
  /** Time to read the success step before the page is left for `success-url`. */
  redirectMs: 3_000,
};

/** The same for what only the panel does, so that its script carries nothing else. */
export const PANEL_TIMING = {
  tickMs: 1_000,
};
