/**
 * The server behind a widget script: what comes before `/pay-button.js` or `/pay-button/<version>.js`. A script
 * under another name was bundled by the site; then the folder it is in is the best guess, and `base-url` the cure.
 */
export function serverOfScript(scriptUrl: string): string {
  return trimSlashes(scriptUrl.replace(/\/pay-button(\/[^/?#]*)?\.js([?#].*)?$|\/[^/]*$/, ''));
}

/** A `base-url` as written: absolute, or relative to the page; without slashes at the end. */
export function serverOfAttribute(baseUrl: string): string {
  try {
    return trimSlashes(new URL(baseUrl, document.baseURI).href);
  } catch {
    // Not an address: the requests fail and say so.
    return baseUrl;
  }
}

function trimSlashes(url: string): string {
  return url.replace(/\/+$/, '');
}
