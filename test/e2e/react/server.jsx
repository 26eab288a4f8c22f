/** What a server sends, made where the test can read it. */
import { renderToString } from 'react-dom/server.browser';
import { shop } from '#shown';

globalThis.MARKUP = renderToString(shop);
globalThis.IS_DONE = true;
