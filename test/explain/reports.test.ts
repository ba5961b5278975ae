// The cards for what users reported: each number is one that the kernel worked with.

import assert from 'node:assert/strict';
import type { Card } from '../../src/explain/card';
import { cardOf, cardTitles } from '../../src/explain';
import { regionSentences } from '../../src/explain/regions';
import type { Operation } from '../../src/allocators/ukalloc';
import type { AllocatorId } from '../../src/regions/allocator-id';
import type { Descriptor } from '../../src/regions/descriptor';
import type { Config, Release } from '../../src/regions/release';
import { sizeText } from '../../src/regions/text';
import { Simulation } from '../../src/timeline/simulation';
import { classic, mapOf, paged, typed } from '../support/maps';

const KERNEL = 4;

function run(
  descriptors: readonly Descriptor[],
  operations: readonly Operation[] = [],
  allocator: AllocatorId = 'bbuddy',
  release: Release = '0.17.0',
  config: Config = {},
): Simulation {
  const workload = operations.map((operation) => ({ operation }));
  return Simulation.create({ map: mapOf(...descriptors), release, arch: 'x86_64', allocator, config, workload, after: false });
}

function malloc(size: bigint): Operation {
  return { op: 'malloc', id: 1, size };
}

/** The card of the last operation. */
function lastCard(simulation: Simulation): Card {
  return cardOf(simulation, `operation:${simulation.operationCount - 1}`)!;
}

function deciding(card: Card): string[] {
  return card.sums.filter((s) => s.decides === true).map((s) => s.text);
}

describe('explain: 4 GiB given, malloc of 1 GiB fails', () => {
  // The free regions of the 4 GiB guest's captured list.
  const regions = [paged(0x12000n, 0x8e000n), paged(0x190000n, 0x7fe4f000n)];
  const simulation = run(regions, [malloc(1n << 30n)]);
  const card = lastCard(simulation);

  it('the answer, and the kernel’s own line', () => {
    assert.equal(card.title, 'Why did malloc(1073741824) (1\u202fGiB) fail?');
    assert.match(card.answer, /one aligned 2\u202fGiB chunk .* cannot hold one, used or unused/);
    assert.deepEqual(card.kernel, ['12000: Cannot handle palloc request of order 19: Out of memory']);
  });

  it('the header tips the request over 2^18 pages', () => {
    const texts = card.sums.map((s) => s.text.replaceAll('\u202f', ' '));
    assert.deepEqual(texts.slice(0, 3), [
      '1 073 741 824 + 32 = 1 073 741 856',
      '⌈1 073 741 856 / 4096⌉ = 262 145',
      'order(262 145) = 19 = 2 GiB',
    ]);
    assert.deepEqual(deciding(card), ['highest non-empty list: 17']);
  });

  it('the drawing says of every place of orders 19, 18 and 17 what is wrong with it', () => {
    const rows = card.drawing!.rows;
    assert.deepEqual(
      rows.map((r) => [r.label, r.bars.length, r.marked === true]),
      [
        ['memory', 2, false],
        ['order 19', 1, true],
        ['order 18', 2, false],
        ['order 17', 4, false],
      ],
    );
    assert.deepEqual(
      rows.slice(1).map((r) => r.bars.map((b) => b.text)),
      [
        ['✗ starts below 0x1a0000'],
        ['✗ starts below 0x1a0000', '✗ 33 pages short'],
        ['✗ starts below 0x1a0000', '✓ free', '✓ free', '✗ 33 pages short'],
      ],
    );
  });

  it('what if: the largest that works, and one byte more', () => {
    const [works, fails] = card.whatIf;
    assert.deepEqual([works!.what.replaceAll('\u202f', ' '), works!.works], ['malloc(536 870 880)', true]);
    assert.deepEqual([fails!.what.replaceAll('\u202f', ' '), fails!.works], ['malloc(536 870 881)', false]);
    for (const [size, works] of [
      [536870880n, true],
      [536870881n, false],
    ] as const) {
      const again = run(regions, [malloc(size)]);
      assert.equal(again.result(again.operationCount - 1).ret !== 0, works, String(size));
    }
  });

  it('explaining leaves the simulation where it was', () => {
    const before = JSON.stringify([simulation.cursor, simulation.snapshot()?.state]);
    lastCard(simulation);
    assert.equal(JSON.stringify([simulation.cursor, simulation.snapshot()?.state]), before);
  });
});

describe('explain: a one-page region is refused', () => {
  const simulation = run([
    paged(0x1000n, 0x9f000n),
    paged(0x7ad000n, 0x1000n, KERNEL),
    paged(0x7ae000n, 0x1000n),
    paged(0x7af000n, 0x1000n, KERNEL),
  ]);
  const card = cardOf(simulation, 'region:2')!;

  it('answer, line, arithmetic, and what would change it', () => {
    assert.equal(card.title, 'Why was 0x7ae000…0x7af000 not added?');
    assert.match(card.answer, /^It is too small by one page\. The boot goes on; 4\u202fKiB stay unused\.$/);
    assert.deepEqual(card.kernel, [
      '1000: Failed to add memory region 7ae000-7af000: Not enough space after applying page alignments',
    ]);
    assert.deepEqual(deciding(card), ['4\u202f096 < 8192']);
    assert.ok(card.change.some((c) => c.startsWith('No free region touches it')));
    assert.deepEqual(
      card.whatIf.map((w) => w.works),
      [false, true, true],
    );
  });

  it('the drawing shows what is missing beyond its end', () => {
    const needed = card.drawing!.rows.find((r) => r.label === 'needed')!;
    assert.deepEqual(
      needed.bars.map((b) => [b.text, b.look]),
      [
        ['record and bitmap', 'metadata'],
        ['1 page to hand out', 'missing'],
      ],
    );
    const end = card.drawing!.ticks.find((t) => t.text === '0x7af000')!;
    assert.equal(needed.bars[1]!.from, end.at);
  });

  it('a free neighbour is named', () => {
    const split = run([paged(0x1000n, 0x9f000n), paged(0x200000n, 0x1000n), paged(0x201000n, 0x1000n)]);
    assert.ok(cardOf(split, 'region:1')!.change.some((c) => /Region 2 beside it is free/.test(c)));
  });

  it('it stands first in the list of what can be explained', () => {
    assert.deepEqual(cardTitles(simulation)[0], { id: 'region:2', title: 'Why was 0x7ae000…0x7af000 not added?', refused: true });
  });
});

describe('explain: a boot without a heap', () => {
  it('no free region: every candidate with its reason', () => {
    const simulation = run([paged(0x100000n, 0x80000n, KERNEL), paged(0x180000n, 0x7e7f000n, 2)]);
    const card = cardOf(simulation, 'boot')!;
    assert.match(card.answer, /none of the 2 regions is FREE/);
    assert.ok(card.kernel.includes('Failed to initialize memory allocator'));
    assert.deepEqual(
      card.candidates.map((c) => c.became),
      ['Its type is KERNEL; only FREE regions are tried.', 'Its type is RESERVED; only FREE regions are tried.'],
    );
  });

  it('candidates that init refuses: what each other allocator would have made of them', () => {
    const simulation = run([paged(0x100000n, 0x1000n)], [], 'tlsf');
    const card = cardOf(simulation, 'boot')!;
    assert.match(card.answer, /TLSF refused every one of the 1 candidates/);
    assert.deepEqual(
      card.whatIf.map((w) => [w.what, w.works]),
      [
        ['with bbuddy', false],
        ['with region', false],
        ['with tinyalloc', false],
        ['with mimalloc', false],
      ],
    );
    assert.deepEqual(deciding(cardOf(simulation, 'region:0')!), ['4\u202f096 < 6\u202f520']);
  });

  it('a failed assertion, with the values put in', () => {
    const simulation = run([typed(0x100000n, 0x10017n)], [], 'bbuddy', '0.15.0');
    const card = cardOf(simulation, 'boot')!;
    assert.equal(card.title, 'Why does the boot stop?');
    assert.ok(card.sums.some((s) => s.text.replaceAll('\u202f', ' ') === 'len = 0x10017 = 16 pages + 23 bytes'));
    assert.deepEqual(deciding(card), ['!(md->len & ~PAGE_MASK)']);
  });

  it('there is no such card when there is a heap', () => {
    assert.equal(cardOf(run([paged(0x100000n, 0x80000n)]), 'boot'), undefined);
  });
});

describe('explain: allocators that cannot add', () => {
  for (const allocator of ['region', 'tlsf', 'tinyalloc', 'mimalloc'] as const) {
    it(`${allocator}: the second region is lost, bbuddy would have had both`, () => {
      const simulation = run([paged(0x100000n, 0x20000n), paged(0x200000n, 0x400000n)], [], allocator);
      const card = cardOf(simulation, 'region:1')!;
      assert.match(card.answer, /Lost: .* 4\u202fMiB are never used/);
      assert.ok(card.change.some((c) => c.startsWith('This is the largest free region')));
      const bbuddy = card.whatIf.find((w) => w.what === 'with bbuddy')!;
      assert.deepEqual([bbuddy.works, bbuddy.note], [true, '2 regions']);
    });
  }
});

describe('explain: requests by allocator', () => {
  const regions = [paged(0x100000n, 0x20000n)];
  const cases: readonly (readonly [AllocatorId, RegExp, RegExp])[] = [
    ['region', /has 128\u202fKiB left and needs 1\u202fMiB/, /> 0x120000/],
    ['tlsf', /needs a free block of 1\.\d+\u202fMiB; the largest free one has 12\d\u202fKiB/, /no bit at or above it/],
    ['tinyalloc', /No free block is large enough, and above the highest one 79\.\d\u202fKiB are left/, /> 0x120000/],
    ['mimalloc', /needs a segment of 4\u202fMiB/, /< 4\u202f194\u202f304/],
    ['oscar', /Couldn't allocate enough memory.*The memory below comes from binary buddy/, /highest non-empty list: 4/],
  ];
  for (const [allocator, answer, decides] of cases) {
    it(`${allocator}: malloc of 1 MiB out of 128 KiB`, () => {
      const card = lastCard(run(regions, [malloc(1n << 20n)], allocator));
      assert.match(card.answer, answer);
      assert.equal(deciding(card).length, 1);
      assert.match(deciding(card)[0]!, decides);
    });
  }

  it('bbuddy: a place exists, but is in use: what to free is named', () => {
    const simulation = run(regions, [
      { op: 'palloc', id: 1, pages: 16n },
      { op: 'palloc', id: 2, pages: 1n },
      { op: 'palloc', id: 3, pages: 16n },
    ]);
    const card = lastCard(simulation);
    assert.match(card.answer, /every place that could be one is in use, at least in part/);
    assert.match(card.change[0]!, /^Freeing what is used in 0x110000…0x120000: 64\u202fKiB, the least of all places/);
  });

  it('malloc(0) and realloc to 0 never come to the pages', () => {
    assert.deepEqual(deciding(lastCard(run(regions, [malloc(0n)]))), ['size = 0']);
    const realloc = lastCard(run(regions, [malloc(10n), { op: 'realloc', id: 2, of: 1, size: 0n }]));
    assert.match(realloc.answer, /no failure/);
  });

  it('0.20: region’s broken malloc is told', () => {
    const card = lastCard(run(regions, [malloc(64n)], 'region', '0.20.0'));
    assert.match(card.answer, /broken in this release/);
  });
});

describe('explain: Oscar', () => {
  it('is a what-if, set beside the allocator that it sits on: the same regions, the same calls', () => {
    const simulation = run([paged(0x10000000n, 0x400000n)], [malloc(100n), { op: 'malloc', id: 2, size: 5000n }], 'oscar');
    const card = cardOf(simulation, 'region:0')!;
    assert.match(card.answer, /No release of ukboot has an option for it: this is a what-if/);
    assert.deepEqual(
      card.whatIf.map((w) => w.what),
      ['with oscar', 'with bbuddy'],
    );
    const bbuddy = run([paged(0x10000000n, 0x400000n)], [malloc(100n), { op: 'malloc', id: 2, size: 5000n }]);
    bbuddy.runToEnd();
    assert.ok(card.whatIf[1]!.result.startsWith(`${sizeText(bbuddy.snapshot()!.metrics.free)} free`));
    assert.notEqual(card.whatIf[0]!.result, card.whatIf[1]!.result);
  });
});

describe('explain: one sentence a region', () => {
  it('says what is kept and what is handed out, or why not', () => {
    const sentences = regionSentences(
      run([paged(0x1000n, 0x1000n, KERNEL), paged(0x12000n, 0x8e000n), paged(0x180000n, 0x3e5f000n)]),
    );
    assert.deepEqual(
      sentences.map((s) => s.kind),
      ['skipped', 'init', 'addmem'],
    );
    assert.match(sentences[1]!.text, /Of 142 pages bbuddy takes 2 for itself and hands out 140 \(560\u202fKiB\)\.$/);
    assert.match(sentences[2]!.text, /takes 1 page for its record and bitmap and hands out 15\u202f966 \(62\.4\u202fMiB\)\.$/);
  });

  it('the classic era: the second page that init passes over', () => {
    const [sentence] = regionSentences(run([classic(0x100000n, 0x20000n)], [], 'bbuddy', '0.10.0'));
    assert.match(sentence!.text, /hands out 29/);
  });
});
