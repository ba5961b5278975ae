import assert from 'node:assert/strict';
import fc from 'fast-check';
import { differences } from '../../../src/view/compare/differences';
import { Matches } from '../../../src/view/search/matches';
import { parseFilter } from '../../../src/view/search/filter';
import { at, frameOf, madeSnapshot, MAIN_3, pictured } from '../subjects';
import type { Made } from '../subjects';

const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, ' ');

/** Blocks side by side from 0x10000 on. */
function made(parts: readonly { readonly pages: number; readonly used: boolean }[]): Made[] {
  let base = 0x10000n;
  return parts.map(({ pages, used }) => {
    const block: Made = [base, pages * 4096, used ? 'used' : 'free'];
    base += BigInt(pages) * 4096n;
    return block;
  });
}

const parts = fc.array(fc.record({ pages: fc.integer({ min: 1, max: 4 }), used: fc.boolean() }), { maxLength: 20 });

describe('marked: the pictured heap at main-3', () => {
  const view = at(pictured(), MAIN_3);

  it('a range sums what its bytes hold', () => {
    const { marked } = frameOf(view, { range: { from: '0x188000', to: '0x18c000' } });
    assert.equal(plain(marked!.range!.title), '0x188000…0x18c000 · 16 KiB');
    const rows = Object.fromEntries(marked!.range!.rows.map((r) => [r.label, plain(r.text)]));
    assert.equal(rows['free'], '2 blocks, 12 KiB');
    assert.equal(rows['used'], '1 block, 4 KiB');
    assert.equal(rows['largest free'], '8 KiB');
  });

  it('two blocks stand side by side, with how they lie to each other', () => {
    const { marked } = frameOf(view, { selection: '0x188000', beside: '0x18b000' });
    const rows = marked!.pair!.rows.map((r) => [r.label, plain(r.a), plain(r.b), r.same]);
    assert.deepEqual(rows.slice(0, 2), [
      ['size', '8 KiB', '4 KiB', false],
      ['state', 'free', 'used', false],
    ]);
    assert.match(plain(marked!.pair!.text), /^4 KiB lie between them, in 1 block; their starts are 12 ?288 B apart\.$/);
    assert.equal(frameOf(view, { selection: '0x188000', beside: '0x189000' }).marked, undefined);
  });

  it('bookmarks say what is there now', () => {
    const { marked, map } = frameOf(view, { bookmarks: ['0x188000', '0x18b000', '0x1'] });
    assert.deepEqual(
      marked!.bookmarks.map((b) => [b.letter, b.address, plain(b.text)]),
      [
        ['A', '0x188000', 'free · o1 · 8 KiB'],
        ['B', '0x18b000', 'used · realloc(0x3fda020, 2000) · 4 KiB'],
        ['C', '0x1', 'in no block now'],
      ],
    );
    assert.equal(map!.runs.flags.filter((f) => (f & 128) !== 0).length, 2);
  });

  it('the step that last changed a block stands among its facts, and is gone to', () => {
    const { selected } = frameOf(view, { selection: '0x188000' });
    const change = selected!.history.find((h) => h.label === 'Last change');
    const found = view.lastChange('0x188000');
    assert.equal(change?.operation, found.cursor!.operation);
    assert.match(found.message, /^0x188000 was last written by step 49, free\(0x189000\)/);
  });

  it('a filter that is not understood says so beside its count', () => {
    assert.match(plain(frameOf(view, { filter: 'free nonsense' }).filterText), /^23 of 45 blocks; not understood: nonsense$/);
  });

  it('aggregated cells without a match are dimmed', () => {
    const { map } = frameOf(view, { filter: 'used size>100K', map: { zoom: 16 } });
    const flags = [...map!.aggregates.flags];
    assert.ok(flags.some((f) => (f & 8) !== 0) && flags.some((f) => (f & 8) === 0), flags.join());
  });
});

describe('marked: the pinned step beside this one', () => {
  const view = at(pictured(), 44);
  const pin = view.cursor!;
  at(view, MAIN_3);
  const { comparison } = frameOf(view, { pin, comparing: true });

  it('holds step 44 against step 50 as the design’s picture does', () => {
    assert.equal(plain(comparison!.summary), '6 operations, 6 changes, 8 pages');
    assert.deepEqual(
      comparison!.changes.map((c) => c.base),
      ['0x14000', '0x16000', '0x184000', '0x188000', '0x18a000', '0x3fd9000'],
    );
    const free = comparison!.metrics[0]!;
    assert.deepEqual([free.label, plain(free.a), plain(free.b), plain(free.change)], ['Free', '62.3 MiB', '62.3 MiB', '+32 KiB']);
  });

  it('says who held a block, what it is now, and by which step', () => {
    const change = comparison!.changes.find((c) => c.base === '0x18a000')!;
    assert.deepEqual([plain(change.a), plain(change.b), change.step], ['palloc(1)', 'free o0', '50']);
  });

  it('draws the rows with changes in pairs and folds the others', () => {
    assert.deepEqual(
      comparison!.rows.map((r) => r.kind),
      ['pair', 'same', 'pair', 'same', 'pair'],
    );
    for (const row of comparison!.rows)
      if (row.kind === 'pair')
        for (const p of [...row.a, ...row.b])
          assert.ok(p.from >= 0 && p.from + p.width <= 1.000001 && p.solid >= 0 && p.solid <= 1);
  });

  it('is empty for a step beside itself, and leaves the cursor where it was', () => {
    const here = view.cursor!;
    const same = frameOf(view, { pin: here, comparing: true }).comparison!;
    assert.deepEqual([same.changes.length, same.summary], [0, '0 operations, no block differs']);
    assert.deepEqual(view.cursor, here);
    assert.ok(same.metrics.every((m) => m.change === '=' || m.change === ''));
  });
});

describe('marked: differences of two tables', () => {
  it('cover exactly the places where the blocks are not the same', () => {
    fc.assert(
      fc.property(parts, parts, (one, two) => {
        const [a, b] = [madeSnapshot(made(one)).blocks, madeSnapshot(made(two)).blocks];
        const found = differences(a, b);
        for (let i = 1; i < found.length; i++) assert.ok(found[i]!.base >= found[i - 1]!.end);
        const inSome = (address: bigint) => found.some((d) => address >= d.base && address < d.end);
        for (let page = 0; page < 90; page++) {
          const address = 0x10000n + BigInt(page) * 4096n;
          const [x, y] = [a.holding(address), b.holding(address)];
          const same = x?.base === y?.base && x?.size === y?.size && x?.state === y?.state;
          assert.equal(inSome(address), !same, `page ${String(page)}`);
        }
      }),
      { seed: 44, numRuns: 200 },
    );
  });
});

describe('marked: matches of a filter', () => {
  it('are those that the filter lets through, however they are asked for', () => {
    fc.assert(
      fc.property(parts, fc.constantFrom('free', 'used', 'size>8K', 'free size<=4K'), (one, text) => {
        const snapshot = madeSnapshot(made(one));
        const matches = Matches.of(snapshot, text, () => undefined)!;
        const filter = parseFilter(text)!;
        const { blocks } = snapshot;
        const wanted = Array.from({ length: blocks.length }, (_, i) => filter.matches(blocks, i, () => ''));
        assert.equal(matches.count, wanted.filter((w) => w).length);
        for (let i = 0; i < blocks.length; i++) {
          assert.equal(matches.has(i), wanted[i]);
          assert.equal(matches.within(blocks.base(i), blocks.end(i)), wanted[i]);
          for (const by of [1, -1] as const) {
            let next = -1;
            for (let n = 1; n <= blocks.length && next < 0; n++) {
              const j = (i + n * by + n * blocks.length) % blocks.length;
              if (wanted[j] === true) next = j;
            }
            assert.equal(matches.beside(i, by), next, `${text} from ${String(i)} by ${String(by)}`);
          }
        }
      }),
      { seed: 45, numRuns: 200 },
    );
  });
});

describe('marked: what changed since the last stop', () => {
  it('is more than the last step wrote, after going several at once', () => {
    const view = at(pictured(), 44);
    at(view, MAIN_3);
    const changed = (since: 'step' | 'stop') =>
      frameOf(view, { since }).lists!.rows.flatMap((r) => r.members.filter((m) => m.changed).map((m) => m.address));
    assert.ok(changed('stop').length > changed('step').length);
    assert.ok(changed('stop').includes('0x3fd9000'));
    assert.ok(!changed('step').includes('0x3fd9000'));
  });
});
