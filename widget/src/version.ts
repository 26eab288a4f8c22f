declare const __MALIPO_VERSION__: string | undefined;

/** Stamped in by the build from package.json. */
export const VERSION = typeof __MALIPO_VERSION__ === 'string' ? __MALIPO_VERSION__ : 'source';
