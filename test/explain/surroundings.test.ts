// What is drawn beside a heap in a card: reserved ranges, unmapped memory, and holes that are collapsed with their length written.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Drawing } from '../../src/allocators/reasoning';
import { cardOf, cardTitles } from '../../src/explain';
import { withSurroundings } from '../../src/explain/surroundings';
import { readInput } from '../../src/readers/input';
import { readMemoryMap } from '../../src/readers/memory-map';
import { toRegions } from '../../src/regions/regions';
import { assume, known } from '../../src/timeline/choices';
import { Simulation } from '../../src/timeline/simulation';

const plain = (text: string) => text.replace(/\u202f/g, ' ');
const near = (a: number, b: number) => Math.abs(a - b) < 1e-9;

function regionsOf(list: readonly (readonly [pbase: bigint, len: bigint, type: string, vbase?: bigint])[]) {
  const regions = list.map(([pbase, len, type, vbase = pbase]) => ({
    pbase: `0x${pbase.toString(16)}`,
    vbase: `0x${vbase.toString(16)}`,
    len: `0x${len.toString(16)}`,
    type,
    flags: ['READ', 'WRITE'],
    pg_off: 0,
  }));
  return toRegions(readMemoryMap(JSON.stringify({ release: '0.17.0', arch: 'x86_64', allocator: 'bbuddy', regions })).map)
    .regions;
}

/** A heap from 1 MiB up to 2 GiB, drawn from 0 on, in one row and with one place. */
const drawing: Drawing = {
  ticks: [
    { at: 0, text: '0' },
    { at: 1, text: '2 GiB' },
  ],
  rows: [
    { label: 'memory', bars: [{ from: 0.1, to: 1, text: 'heap', look: 'free' }] },
    { label: 'order 19', bars: [{ from: 0, to: 1, text: 'a place', look: 'missing' }] },
  ],
  span: { from: '0x0', to: '0x80000000' },
};
const HEAP = [0x100000n, 0x7ff00000n, 'FREE'] as const;

describe('explain: what is around a heap', () => {
  it('4 GiB given: the hole below 4 GiB collapsed with its length, reserved ranges counted, and the memory that is not mapped', () => {
    const file = 'scenario-1-malloc-1gib.ukboot.json';
    const { map, workload } = readInput(file, readFileSync(join(__dirname, '../../examples', file)));
    const { choices } = assume(known([{ from: 'the input', hints: map.hints }]), map);
    const simulation = Simulation.create({ map, ...choices, workload });
    const card = cardOf(simulation, cardTitles(simulation).find((t) => /malloc/.test(t.title))!.id)!;
    const [memory, ...orders] = card.drawing!.rows;
    assert.deepEqual(
      memory!.bars.map((b) => [b.look, plain(b.text)]),
      [
        ['free', '560 KiB'],
        ['free', '2.00 GiB'],
        ['hole', '768 MiB'],
        ['other', '3 not free'],
        ['missing', '2 GiB of RAM, not mapped'],
      ],
    );
    const last = memory!.bars.at(-1)!;
    assert.ok(near(last.to, 1) && near(last.from, card.drawing!.ticks.find((t) => plain(t.text) === '4 GiB')!.at));
    // The places of the orders keep to the heap's part of the axis, which ends at 2 GiB.
    const end = card.drawing!.ticks.find((t) => plain(t.text) === '2 GiB')!.at;
    assert.ok(end > 0.5 && orders.every((r) => r.bars.every((b) => b.to <= end + 1e-9)));
    assert.ok(
      card.sums.some(
        (s) => plain(s.text) === '2 GiB of 4.00 GiB of RAM never came in' && /0x100000000…0x180000000$/.test(s.note),
      ),
    );
  });

  it('bars touch, follow each other and stay inside of the width, however much lies beside', () => {
    const many = Array.from(
      { length: 12 },
      (_, i) => [0x100000000n * BigInt(2 * i + 1), 0x1000000n, i % 2 ? 'FREE' : 'RESERVED'] as const,
    );
    const { rows } = withSurroundings(drawing, regionsOf([HEAP, ...many]), '0.17.0');
    const { bars } = rows[0]!;
    assert.ok(bars.length > 12);
    for (const [i, b] of bars.entries()) {
      assert.ok(b.from >= 0 && b.to > b.from && b.to <= 1 + 1e-9, JSON.stringify(b));
      if (i > 0) assert.ok(near(b.from, bars[i - 1]!.to), `${bars[i - 1]!.text} and ${b.text}`);
    }
    const heap = bars.find((b) => b.text === 'heap')!;
    assert.ok(heap.to - heap.from > 0.3, 'the heap keeps room');
  });

  it('what lies below stands before it', () => {
    const high: Drawing = { ...drawing, span: { from: '0x100000000', to: '0x180000000' } };
    const heap = [0x100000000n, 0x80000000n, 'FREE'] as const;
    const { rows } = withSurroundings(high, regionsOf([[0x1000n, 0x1000n, 'RESERVED'], heap]), '0.17.0');
    assert.deepEqual(
      rows[0]!.bars.map((b) => plain(b.text)),
      ['not free, 4 KiB', '4.00 GiB', 'heap'],
    );
    assert.ok(near(rows[0]!.bars[0]!.from, 0) && near(rows[0]!.bars[2]!.to, 1));
  });

  it('nothing around it, or a heap at other addresses than memory’s: as it was', () => {
    assert.equal(withSurroundings(drawing, regionsOf([HEAP]), '0.17.0'), drawing);
    const virtual = regionsOf([
      [0x100000n, 0x7ff00000n, 'FREE', 0x400000100000n],
      [0xb0000000n, 0x1000n, 'RESERVED'],
    ]);
    assert.equal(withSurroundings(drawing, virtual, '0.17.0'), drawing);
    const bare: Drawing = { ticks: drawing.ticks, rows: drawing.rows };
    assert.equal(withSurroundings(bare, regionsOf([HEAP, [0xb0000000n, 0x1000n, 'RESERVED']]), '0.17.0'), bare);
  });
});
