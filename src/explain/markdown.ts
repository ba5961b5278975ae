// A card as Markdown, for a bug report. Names and messages come from files: nothing in them may act as markup.

import type { Card } from './card';
import { drawingLines } from './drawing-text';
import { code, plain, prose } from './escape';
import type { RegionSentence } from './regions';

export function cardMarkdown(card: Card): string {
  const parts = [`### ${plain(card.title)}`, prose(card.answer)];
  if (card.kernel.length > 0) parts.push(fenced(card.kernel));
  if (card.drawing !== undefined) parts.push(fenced(drawingLines(card.drawing)));
  if (card.sums.length > 0)
    parts.push(
      card.sums
        .map((s, i) => `${String(i + 1)}. ${s.decides === true ? `**${code(s.text)}**` : code(s.text)}: ${prose(s.note)}`)
        .join('\n'),
    );
  if (card.candidates.length > 0)
    parts.push(
      table(
        ['Candidate', 'What became of it'],
        card.candidates.map((c) => [c.what, c.became]),
      ),
    );
  if (card.change.length > 0) parts.push(['**What would change it**', '', ...card.change.map((c) => `- ${prose(c)}`)].join('\n'));
  if (card.whatIf.length > 0)
    parts.push(
      table(
        ['What if', 'Result', ''],
        card.whatIf.map((w) => [w.what, `${w.works ? '✓' : '✗'} ${w.result}`, w.note ?? '']),
      ),
    );
  parts.push(`*${plain(card.context)}, simulated by ukboot*`);
  return parts.join('\n\n') + '\n';
}

/** What became of each region and where the bytes went, under a heading. */
export function summaryMarkdown(heading: string, sentences: readonly RegionSentence[], ledger: string): string {
  const regions = table(
    ['Region', '', 'What became of it'],
    sentences.map((s) => [String(s.region), s.kind, s.text]),
  );
  return [`## ${plain(heading)}`, regions, ledger].join('\n\n') + '\n';
}

/** A table; its cells hold text only. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map((r) => line(r.map((c) => plain(c))))].join('\n');
}

/** A block of text as it stands; the fence is longer than any run of backticks in it. */
export function fenced(lines: readonly string[]): string {
  const clean = lines.map((l) => l.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' '));
  const longest = Math.max(2, ...clean.flatMap((l) => [...l.matchAll(/`+/g)].map((run) => run[0].length)));
  const fence = '`'.repeat(longest + 1);
  return [fence, ...clean, fence].join('\n');
}
