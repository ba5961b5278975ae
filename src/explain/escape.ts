// Markdown out of text that came from files: nothing in it may act as markup, a link or an icon.

/** Longest piece of foreign text that is shown. */
const LONGEST = 240;

/** Text as it stands, for use inside a Markdown line. */
export function plain(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_{}[\]()#+\-!~|$^=&<>@]/g, (c) => (/[&<>@]/.test(c) ? `&#${c.charCodeAt(0)};` : `\\${c}`))
    .replace(/(https?|ftp|file|command|vscode):/gi, '$1&#58;')
    .replace(/www\./gi, 'www&#46;')
    .replace(/^(\d+)\./, '$1\\.');
}

/** A code span that holds exactly this text. */
export function code(text: string): string {
  const line = oneLine(text).trim();
  if (line === '') return '';
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return fence + pad + line + pad + fence;
}

/** A sentence of ours whose names stand in backticks: those become code, all else stays text. */
export function prose(text: string): string {
  const parts = oneLine(text).split('`');
  const closed = parts.length % 2 === 1;
  return parts.map((part, i) => (i % 2 === 1 && (closed || i < parts.length - 1) ? code(part) : plain(part))).join('');
}

function oneLine(text: string): string {
  const line = text.slice(0, LONGEST * 2).replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
