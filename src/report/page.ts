// The page around a report: one file that needs nothing else. Its policy lets it load nothing and run nothing; the one style sheet is named
// by its hash, so that not even a style could be slipped in.

import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { variableDeclarations } from './colours';
import { markup, type Markup } from './escape';

const STYLE = `
:root{color-scheme:light dark;${variableDeclarations('light')};--line:#d4d4d4;--shade:#f5f5f5}
@media (prefers-color-scheme:dark){:root{${variableDeclarations('dark')};--line:#454545;--shade:#2a2a2a}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem;max-width:75rem;font:14px/1.5 system-ui,sans-serif;background:var(--background);color:var(--foreground)}
h1{font-size:1.5rem;margin:0 0 .25rem}
h2{font-size:1.15rem;margin:2rem 0 .5rem;padding-top:.5rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.25rem 0 .25rem}
code,pre,.mono{font-family:ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace;font-size:.92em}
pre{overflow-x:auto;padding:.5rem .75rem;background:var(--shade);border:1px solid var(--line);white-space:pre-wrap}
pre.drawing{white-space:pre}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.75rem 0}
dt{color:var(--description)}
dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;width:100%}
th,td{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0;border-bottom:1px solid var(--line)}
th{font-weight:600}
td{overflow-wrap:break-word;max-width:32rem}
.n{text-align:right;white-space:nowrap}
small,.rest,.note{color:var(--description)}
tr.inner td{border-bottom:0;color:var(--description);font-size:.92em}
tr.inner td:nth-child(2){padding-left:1.5rem}
tr.bad td:first-child{border-left:3px solid var(--error);padding-left:.4rem}
tr.sum td{font-weight:600}
svg{display:block;width:100%;height:auto;max-width:72rem}
svg.key{width:1.1rem}
a{color:inherit}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding:0;list-style:none}
.said{border-left:3px solid var(--error);padding-left:.75rem}
@media print{body{max-width:none;padding:0;font-size:10pt}nav{display:none}.scroll{overflow:visible}thead{display:table-header-group}tr,svg,pre{break-inside:avoid}h2,h3{break-after:avoid}}
`;

export interface Section {
  /** For links within the page. */
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

export function pageOf(title: string, head: Markup, sections: readonly Section[]): string {
  const policy = `default-src 'none'; style-src 'sha256-${base64(sha256(utf8ToBytes(STYLE)))}'; base-uri 'none'; form-action 'none'`;
  const links = sections.map((s) => markup`<li><a href="#${s.id}">${s.title}</a></li>`);
  const body = sections.map((s) => markup`<section id="${s.id}"><h2>${s.title}</h2>\n${s.body}</section>\n`);
  const before = markup`<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="${policy}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="referrer" content="no-referrer"/>
<title>${title}</title>
`;
  const after = markup`</head>
<body>
<header><h1>${title}</h1>
${head}
<nav aria-label="Contents"><ul>${links}</ul></nav></header>
<main>
${body}</main>
</body>
</html>
`;
  // The sheet is ours and stands as it was hashed: escaping it would change it.
  return `<!DOCTYPE html>\n${before.text}<style>${STYLE}</style>\n${after.text}`;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const three = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (let d = 0; d < 4; d++) text += i + d > bytes.length ? '=' : DIGITS[(three >>> (18 - 6 * d)) & 63]!;
  }
  return text;
}
