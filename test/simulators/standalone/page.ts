/** What the pages of the simulated providers have in common: on a wide screen and a phone, in the light and in the dark. */
import { escaped } from './escaped.ts';

const STYLE = `
:root{color-scheme:light dark;--line:light-dark(#d9d9d0,#3a4240);--quiet:light-dark(#56605c,#a3aeaa);--accent:light-dark(#0f6651,#74d2b5)}
body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;padding:1.5rem 1rem 3rem;background:light-dark(#fbfaf6,#141817);color:light-dark(#1d2624,#edf1ef)}
h1{margin:0}h2{margin:2.5rem 0 .25rem}p{margin:.25rem 0 1rem}.quiet{color:var(--quiet);font-size:.9rem}
button,input,select{font:inherit;min-height:2.25rem;padding:.2rem .7rem;border:1px solid var(--line);border-radius:.4rem;background:light-dark(#fff,#1e2422);color:inherit;max-width:100%;margin:.1rem 0}
button{cursor:pointer}button:hover{border-color:var(--accent)}a{color:var(--accent)}form{display:inline}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:middle;padding:.4rem .6rem .4rem 0;border-top:1px solid var(--line)}th{font-size:.85rem;color:var(--quiet);font-weight:600}
code{font-size:.85em;overflow-wrap:anywhere}[role=alert]{color:light-dark(#a11,#ff9b9b)}
@media(max-width:44rem){thead{display:none}tr,td{display:block;border:0}tr{border-top:1px solid var(--line);padding:.6rem 0}td{padding:.1rem 0}}`;

/** `rem`: how wide its text may become. */
export function page({ title, rem, content }: { title: string; rem: number; content: string }): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title>
<style>${STYLE}body{max-width:${rem}rem}</style><main>${content}</main></html>`;
}
