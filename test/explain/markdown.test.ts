// Copied explanations go into bug reports: what names and messages hold must not act as markup there.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Card } from '../../src/explain/card';
import { cardOf } from '../../src/explain';
import { drawingLines } from '../../src/explain/drawing-text';
import { cardMarkdown, fenced } from '../../src/explain/markdown';
import { cardLines } from '../../src/explain/text';
import { Simulation } from '../../src/timeline/simulation';
import { classic, mapOf, paged } from '../support/maps';

const card: Card = {
  id: 'region:0',
  title: 'Why?',
  answer: 'Because.',
  kernel: [],
  sums: [],
  change: [],
  whatIf: [],
  candidates: [],
  context: 'Unikraft 0.17.0',
};

describe('explain as Markdown', () => {
  it('a whole card', () => {
    const simulation = Simulation.create({
      map: mapOf(paged(0x1000n, 0x9f000n), paged(0x7ae000n, 0x1000n)),
      release: '0.17.0',
      arch: 'x86_64',
      allocator: 'bbuddy',
      config: {},
      workload: [],
      after: false,
    });
    const text = cardMarkdown(cardOf(simulation, 'region:1')!);
    for (const part of [
      /^### Why was 0x7ae000…0x7af000 not added\?$/m,
      /^```\n1000: Failed to add memory region 7ae000-7af000: Not enough space after applying page alignments\n```$/m,
      /^4\. \*\*`4\u202f096 < 8192`\*\*: bbuddy\\_addmem wants 2 pages/m,
      /^\*\*What would change it\*\*$/m,
      /^\| What if \| Result \| {2}\|$/m,
      /^\*Unikraft 0\.17\.0, x86\\_64, bbuddy, simulated by ukboot\*$/m,
    ])
      assert.match(text, part);
  });

  it('a hostile region name stays text', () => {
    const name = '`</pre><script>alert(1)</script> | [x](command:evil) ![i](http://e.example/x) \n# h';
    const simulation = Simulation.create({
      map: mapOf(classic(0x100000n, 0x1000n, 0x12, name), classic(0x200000n, 0x800n, 0x12, name)),
      release: '0.11.0',
      arch: 'x86_64',
      allocator: 'bbuddy',
      config: { CONFIG_UKPLAT_MEMRNAME: 'y' },
      workload: [],
      after: false,
    });
    for (const id of ['boot', 'region:0'] as const) {
      const text = outsideFences(cardMarkdown(cardOf(simulation, id)!));
      assert.doesNotMatch(text, /<script|\]\(command|\]\(http|^# h/m);
    }
  });

  it('whatever stands in a kernel line, its fence holds', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('`', '~', '\n', '#', 'a', '\r') }), { minLength: 1 }), (lines) => {
        const rows = fenced(lines).split('\n');
        const fence = rows[0]!;
        assert.equal(rows.length, lines.length + 2);
        assert.equal(rows.at(-1), fence);
        for (const row of rows.slice(1, -1)) assert.ok(!row.trim().startsWith(fence), JSON.stringify(row));
      }),
      { seed: 3 },
    );
  });

  it('table cells with bars and answers with backticks', () => {
    const text = cardMarkdown({
      ...card,
      answer: 'It asserts `a | b`.',
      candidates: [{ what: 'a | b', became: '**x**' }],
    });
    assert.match(text, /^\| a \\\| b \| \\\*\\\*x\\\*\\\* \|$/m);
    assert.match(text, /It asserts `a \| b`\./);
  });
});

describe('explain as text', () => {
  it('drawings: bars touch, labels stand where they fit, nothing leaves the width', () => {
    const bar = fc.record({ from: fc.double({ min: 0, max: 1, noNaN: true }), to: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(bar, { maxLength: 6 }), fc.string({ maxLength: 30 }), (bars, text) => {
        const sorted = bars.map((b) => ({
          from: Math.min(b.from, b.to),
          to: Math.max(b.from, b.to),
          text: text.replace(/\s/g, ' '),
          look: 'free' as const,
        }));
        const lines = drawingLines({
          ticks: sorted.map((b) => ({ at: b.from, text: 'x' })),
          rows: [{ label: 'row', bars: sorted }],
        });
        for (const line of lines) assert.ok([...line].length <= 5 + 77 + 30, line);
      }),
      { seed: 4 },
    );
  });

  it('no line ends in blanks', () => {
    const lines = cardLines({ ...card, kernel: ['k'], whatIf: [{ what: 'w', works: true, result: 'r' }] });
    assert.deepEqual(
      lines.filter((l) => /\s$/.test(l)),
      [],
    );
  });
});

function outsideFences(text: string): string {
  return text.replace(/^(`{3,})\n[\s\S]*?\n\1$/gm, '');
}
