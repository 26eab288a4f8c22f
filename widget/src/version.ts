declare const __MALIPO_BUILD__: string | undefined;

/** The build's name, of the release and the content: `0.1.0-3f9c2a1b07`. Stamped in by the build. */
export const VERSION = typeof __MALIPO_BUILD__ === 'string' ? __MALIPO_BUILD__ : 'source';
