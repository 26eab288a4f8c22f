/** Live money or the sandbox; a key of one never sees the rows of the other. */
export const MODES = ['live', 'test'] as const;
export type Mode = (typeof MODES)[number];
