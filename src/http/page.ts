import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { html, type Html } from './html.ts';
import { pagePolicy } from './security-headers.ts';

/** A page of ours: no scripts, one inline style that the policy names by its hash, readable in light and dark and on a phone. */
export function sendPage(reply: FastifyReply, title: string, body: Html): FastifyReply {
  const { markup } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="${ICON}" />
        ${{ markup: `<style>${STYLE}</style>` }}
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html> `;
  return reply.type('text/html; charset=utf-8').header('content-security-policy', POLICY).send(markup);
}

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0f6e66"/><g fill="#fff"><rect x="7" y="17" width="4" height="8" rx="1"/><rect x="14" y="12" width="4" height="13" rx="1"/><rect x="21" y="7" width="4" height="18" rx="1"/></g></svg>',
)}`;

const STYLE = `
:root{--paper:#fbfaf7;--card:#fff;--ink:#1d2321;--soft:#5b6661;--line:#e2dfd6;--accent:#0f6e66;--wash:#e5f1ee;--note:#8a5a00;--notewash:#fdf3dc}
@media (prefers-color-scheme:dark){:root{--paper:#141816;--card:#1c211f;--ink:#e8ebe7;--soft:#9aa69f;--line:#2f3734;--accent:#5fc9ba;--wash:#1d3330;--note:#e9bf6a;--notewash:#33291410}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;-webkit-text-size-adjust:100%}
main{max-width:46rem;margin:0 auto;padding:clamp(1.5rem,6vw,4rem) clamp(1rem,4vw,2rem) 4rem}
h1{font-size:clamp(1.6rem,5vw,2.1rem);line-height:1.2;letter-spacing:-.02em;margin:0 0 .4rem}
h2{font-size:.8rem;font-weight:600;letter-spacing:.06em;text-transform:uppercase;color:var(--soft);margin:2.5rem 0 .8rem}
p{margin:0 0 .8rem}.lead{color:var(--soft);max-width:38rem}
.version{font-size:.85rem;color:var(--soft);font-weight:400;letter-spacing:0;white-space:nowrap}
.note{color:var(--note);background:var(--notewash);border-left:3px solid;border-radius:.4rem;padding:.6rem .9rem;font-size:.92rem}
.facts{display:flex;flex-wrap:wrap;gap:1px;background:var(--line);border:1px solid var(--line);border-radius:.8rem;overflow:hidden;margin:0 0 .8rem}
.facts div{flex:1 1 9rem;background:var(--card);padding:.9rem 1.1rem}
.facts dt{font-size:.82rem;color:var(--soft)}
.facts dd{margin:0;font-size:1.3rem;font-weight:600;font-variant-numeric:tabular-nums;letter-spacing:-.01em;overflow-wrap:anywhere}
a{color:var(--accent);text-underline-offset:.18em;text-decoration-thickness:1px}
a:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:2px}
.try p{margin:1.1rem 0 .35rem;font-size:.95rem}
pre{margin:0;background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.75rem 1rem;white-space:pre-wrap;overflow-wrap:anywhere}
code{font:.86rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
.links{list-style:none;margin:0;padding:0;border-top:1px solid var(--line)}
.links li{display:grid;grid-template-columns:minmax(8.5rem,auto) 1fr;gap:.2rem 1rem;padding:.6rem 0;border-bottom:1px solid var(--line)}
.links span{color:var(--soft);font-size:.95rem}
.problem{border-top:1px solid var(--line);padding:.9rem .8rem;margin:0 -.8rem}
.problem:target{background:var(--wash);border-radius:.6rem}
.problem p{margin:.15rem 0 0;font-size:.95rem}.problem p+p{color:var(--soft)}
.problem b{font-variant-numeric:tabular-nums;font-weight:600;color:var(--soft);margin-left:.5rem}
@media (max-width:32rem){.links li{grid-template-columns:1fr}}
`;

const POLICY = pagePolicy(`style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`, 'img-src data:');
