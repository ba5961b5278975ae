// A card in a terminal.

import type { Card } from './card';
import { drawingLines } from './drawing-text';

export function cardLines(card: Card): string[] {
  const lines = [card.title, `  ${card.answer}`];
  if (card.kernel.length > 0) lines.push('', ...card.kernel.map((l) => `  kernel: ${l}`));
  if (card.drawing !== undefined) lines.push('', ...drawingLines(card.drawing).map((l) => `  ${l}`));
  if (card.sums.length > 0) {
    const width = Math.min(60, Math.max(...card.sums.map((s) => [...s.text].length)));
    lines.push('');
    card.sums.forEach((s, i) => {
      const padding = ' '.repeat(Math.max(0, width - [...s.text].length));
      lines.push(`  ${s.decides === true ? '→' : ' '} ${String(i + 1)}  ${s.text}${padding}   ${s.note}`);
    });
  }
  if (card.candidates.length > 0) lines.push('', '  Candidates', ...card.candidates.map((c) => `    ${c.what}: ${c.became}`));
  if (card.change.length > 0) lines.push('', '  What would change it', ...card.change.map((c) => `    ${c}`));
  if (card.whatIf.length > 0) {
    const width = Math.max(...card.whatIf.map((w) => w.what.length));
    lines.push(
      '',
      '  What if',
      ...card.whatIf.map(
        (w) => `    ${w.what.padEnd(width)}  ${w.works ? '✓' : '✗'} ${w.result}${w.note === undefined ? '' : `   ${w.note}`}`,
      ),
    );
  }
  return lines.map((l) => l.trimEnd());
}
