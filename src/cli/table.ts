// Plain-text tables for a terminal.

/** Pads each column to its widest cell. A heading that begins with `>` makes its column right-aligned. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[], indent = '  '): string[] {
  const right = headings.map((h) => h.startsWith('>'));
  const all = [headings.map((h) => h.replace(/^>/, '')), ...rows];
  const widths = headings.map((_, i) => Math.max(...all.map((row) => width(row[i] ?? ''))));
  return all.map((row) => {
    const cells = row.map((cell, i) => {
      const padding = ' '.repeat(widths[i]! - width(cell));
      return right[i] === true ? padding + cell : cell + padding;
    });
    return (indent + cells.join('  ')).trimEnd();
  });
}

function width(text: string): number {
  return [...text].length;
}

/** Wraps a list of words to lines of at most `columns`, each with an indent. */
export function wrapped(words: readonly string[], columns: number, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && width(indent + line + ' ' + word) > columns) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push(indent + line);
  return lines;
}
