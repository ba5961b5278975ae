import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkDescriptors } from '../../src/regions/checks';
import type { DescriptorProblem } from '../../src/regions/checks';
import type { Descriptor } from '../../src/regions/descriptor';
import type { Config, Release } from '../../src/regions/release';
import { toRegions } from '../../src/regions/regions';
import { classic, descriptor, mapOf, paged, typed } from './maps';

function check(release: Release, list: readonly Descriptor[], config: Config = {}): DescriptorProblem[] {
  return checkDescriptors(mapOf(...list), release, 'x86_64', config);
}

/** `severity code@descriptor` of each problem. */
function codes(release: Release, list: readonly Descriptor[], config?: Config): string[] {
  return check(release, list, config).map(
    (p) => `${p.severity} ${p.code}@${p.descriptor}${p.other === undefined ? '' : `/${p.other}`}`,
  );
}

const TOP = 1n << 64n;

describe('checks: one descriptor', () => {
  for (const [what, release, list, expected] of [
    ['a good paged one', '0.17.0', [paged(0x12000, 0x8e000)], []],
    ['a good typed one', '0.14.0', [typed(0x12000, 0x8e000)], []],
    ['a good classic one', '0.10.0', [classic(0x150000, 0x3e80000, 0x31, 'heap')], []],
    [
      'the same flags in 0.3 mean something else',
      '0.3.0',
      [classic(0x150000, 0x3e80000, 0x31)],
      ['warning unknown-flags@0', 'info not-allocatable@0'],
    ],
    [
      'an unaligned base is rounded in 0.14',
      '0.14.0',
      [typed(0x182017, 0x3e5cfe9)],
      ['warning misaligned@0', 'warning misaligned@0'],
    ],
    ['an unaligned base stops 0.15', '0.15.0', [typed(0x182017, 0x3e5cfe9)], ['error misaligned@0', 'error misaligned@0']],
    ['an unaligned reserved one is nothing special', '0.15.0', [typed(0x182017, 0x17, 0x10, 1)], ['info misaligned@0']],
    ['zero length', '0.14.0', [typed(0x130000, 0, 4)], ['warning zero-length@0']],
    ['a free one of zero length stops 0.15', '0.15.0', [typed(0x130000, 0)], ['error zero-length@0']],
    ['but not 0.17', '0.17.0', [paged(0x130000, 0)], ['warning zero-length@0']],
    ['past 2^64', '0.17.0', [paged(TOP - 0x2000n, 0x3000, 2)], ['error overflow@0']],
    ['up to 2^64', '0.17.0', [paged(TOP - 0x2000n, 0x2000, 2)], ['warning overflow@0']],
    ['a page count that is too small', '0.17.0', [paged(0x1000, 0x3000, 2, 3, { pg_count: 2 })], ['error pg-count@0']],
    ['a page count that is too large', '0.17.0', [paged(0x1000, 0x18, 4, 3, { pg_count: 2 })], ['error pg-count@0']],
    ['a length that does not fill its pages, free', '0.17.0', [paged(0x180000, 0x3e5efe9)], ['error pg-count@0']],
    ['a length that does not fill its pages, in use', '0.17.0', [paged(0x17f000, 0x17, 0x10, 1)], []],
    ['pg_off beyond the page', '0.17.0', [paged(0x1000, 0x1000, 2, 1, { pg_off: 4096 })], ['error pg-off-range@0']],
    ['pg_off of −1', '0.17.0', [paged(0x1000, 0x1000, 2, 1, { pg_off: TOP - 1n, pg_count: 1 })], ['error pg-off-range@0']],
    [
      'a free one with pg_off',
      '0.17.0',
      [paged(0x1000, 0x1000, 1, 3, { pg_off: 16, pg_count: 2 })],
      ['error pg-count@0', 'error assertion@0'],
    ],
    [
      'vbase ≠ pbase in 0.14',
      '0.14.0',
      [descriptor('typed', { pbase: 0x1000, vbase: 0x5000, len: 0x1000, type: 1, flags: 3 })],
      ['info vbase-differs@0'],
    ],
    [
      'vbase ≠ pbase in 0.16',
      '0.16.0',
      [descriptor('typed', { pbase: 0x1000, vbase: 0x5000, len: 0x1000, type: 1, flags: 3 })],
      ['error vbase-differs@0'],
    ],
    ['vbase ≠ pbase in use', '0.17.0', [paged(0x1000, 0x1000, 4, 5, { vbase: 0x5000 })], []],
    ['a type that no release has', '0.17.0', [paged(0x1000, 0x1000, 0x300)], ['error unknown-type@0']],
    ['a type that 0.18 no longer has', '0.18.0', [paged(0x1000, 0x1000, 0x80)], ['error unknown-type@0']],
    ['two types, without FREE', '0.17.0', [paged(0x1000, 0x1000, 6)], ['error several-types@0']],
    ['type 0', '0.17.0', [paged(0x1000, 0x1000, 0)], ['info untyped@0']],
    ['unknown flags, free, crash 0.17', '0.17.0', [paged(0x1000, 0x1000, 1, 0x13)], ['error unknown-flags@0']],
    ['unknown flags, in use', '0.17.0', [paged(0x1000, 0x1000, 2, 0x13)], ['warning unknown-flags@0']],
    ['FREE without WRITE', '0.17.0', [paged(0x1000, 0x1000, 1, 1)], ['info free-not-writable@0']],
    ['classic FREE and RESERVED', '0.10.0', [classic(0x1000, 0x1000, 0x33)], ['error several-types@0']],
    ['classic FREE without WRITABLE', '0.10.0', [classic(0x1000, 0x1000, 0x11)], ['info not-allocatable@0']],
    ['a type that does not fit 16 bits', '0.17.0', [paged(0x1000, 0x1000, 0x10001)], ['error too-large@0']],
    [
      'an address that no machine has',
      '0.17.0',
      [paged(0x1234_0000_0000_0000n, 0x1000, 2)],
      ['warning no-such-address@0', 'warning no-such-address@0'],
    ],
    ['a kernel-half address', '0.17.0', [paged(0xffff_8000_0000_0000n, 0x1000, 2)], []],
    [
      'an expression',
      '0.14.0',
      [descriptor('typed', { pbase: 'start', vbase: 'start', len: 16, type: 1, flags: 3 })],
      ['info unknown-value@0', 'info unknown-value@0'],
    ],
  ] as [string, Release, Descriptor[], string[]][]) {
    it(`${what} (${release})`, () => assert.deepEqual(codes(release, list), expected));
  }

  it('two types with FREE crash 0.17, and the message says with which text', () => {
    const [problem] = check('0.17.0', [paged(0x1000, 0x1000, 3)]);
    assert.equal(problem!.code, 'several-types');
    assert.match(problem!.message, /crashes here with “Invalid mrd type/);
  });

  it('a failed assertion is quoted as the kernel prints it, and placed at the field', () => {
    const [problem] = check('0.17.0', [paged(0x180000, 0x3e5efe9)]);
    assert.equal(problem!.assertion, '(md)->pg_count * PAGE_SIZE == (md)->len');
    assert.deepEqual(problem!.where, { line: 0, column: 4, endLine: 0, endColumn: 5 });
  });

  it('with paging, heap_init asserts nothing, and free regions without vbase are as they should be', () => {
    const free = paged(0x12000, 0x8e000, 1, 0, { vbase: TOP - 1n });
    assert.deepEqual(codes('0.17.0', [free], { CONFIG_PAGING: 'y' }), []);
    assert.deepEqual(codes('0.17.0', [free], { CONFIG_LIBUKBOOT_HEAP_BASE: '0x400000000' }), []);
    assert.notDeepEqual(codes('0.17.0', [free]), []);
  });

  it('a list of another era is said once', () => {
    assert.deepEqual(codes('0.17.0', [typed(0x1000, 0x1000), typed(0x2000, 0x1000)]), ['warning other-era@0']);
  });
});

describe('checks: two descriptors', () => {
  for (const [what, release, list, expected] of [
    ['neighbours', '0.17.0', [paged(0x1000, 0x1000, 2), paged(0x2000, 0x1000)], []],
    ['free over free', '0.17.0', [paged(0x1000, 0x3000), paged(0x2000, 0x1000)], ['error overlap@1/0']],
    ['free over reserved', '0.17.0', [paged(0x1000, 0x3000), paged(0x2000, 0x1000, 2)], ['error free-over-used@1/0']],
    [
      'reserved over free, the other way round in the list',
      '0.17.0',
      [paged(0x2000, 0x1000), paged(0x1000, 0x3000, 2)],
      ['warning out-of-order@1/0', 'error free-over-used@1/0'],
    ],
    ['reserved over kernel', '0.17.0', [paged(0x1000, 0x3000, 2), paged(0x2000, 0x1000, 4)], ['warning overlap@1/0']],
    ['identical', '0.17.0', [paged(0xe0000, 0x20000, 2, 1), paged(0xe0000, 0x20000, 2, 1)], ['warning overlap@1/0']],
    ['an empty one inside another', '0.14.0', [typed(0x1000, 0x3000, 4), typed(0x1000, 0, 4)], ['warning zero-length@1']],
    [
      'only the page is shared',
      '0.17.0',
      [paged(0x1000, 0x18, 4), paged(0x1000, 0x18, 0x10, 1, { pg_off: 0x18, pg_count: 1 })],
      ['info shared-page@1/0'],
    ],
    ['an unmap request covers nothing', '0.17.0', [paged(0x1000, 0x3000), paged(0x2000, 0x1000, 0, 0)], ['info untyped@1']],
    ['out of order', '0.17.0', [paged(0x9000, 0x1000), paged(0x1000, 0x1000)], ['warning out-of-order@1/0', 'info hole@1']],
    [
      'out of order, classic',
      '0.10.0',
      [classic(0x9000, 0x1000, 0x31), classic(0x1000, 0x1000, 0x31)],
      ['info out-of-order@1/0'],
    ],
    [
      'classic heap over bss',
      '0.10.0',
      [classic(0x1000, 0x3000, 0x32), classic(0x2000, 0x9000, 0x31, 'heap')],
      ['error free-over-used@1/0'],
    ],
  ] as [string, Release, Descriptor[], string[]][]) {
    it(`${what} (${release})`, () => assert.deepEqual(codes(release, list), expected));
  }

  it('an overlap names both regions and its size', () => {
    const [problem] = check('0.14.0', [typed(0x1000, 0x3000, 1, 3, 'low'), typed(0x2000, 0x1000, 2, 1, 'hole')]);
    assert.match(problem!.message, /^Region 1 \(0x2000…0x3000, hole\) overlaps region 0 \(free 0x1000…0x4000, low\) by 4.KiB/);
  });
});

describe('checks: whole lists', () => {
  it('finds each region that overlaps another, and no other (against the quadratic way)', () => {
    const region = fc.record({ page: fc.nat(60), pages: fc.nat(12), type: fc.constantFrom(1, 2, 4) });
    fc.assert(
      fc.property(fc.array(region, { maxLength: 40 }), (list) => {
        const descriptors = list.map((r) => paged(r.page * 4096, r.pages * 4096, r.type));
        const named = new Set(
          check('0.17.0', descriptors)
            .filter((p) => p.code === 'overlap' || p.code === 'free-over-used')
            .flatMap((p) => [p.descriptor, p.other!]),
        );
        const really = new Set<number>();
        list.forEach((a, i) =>
          list.forEach((b, j) => {
            if (i !== j && a.pages > 0 && b.pages > 0 && a.page < b.page + b.pages && b.page < a.page + a.pages) really.add(i);
          }),
        );
        assert.deepEqual(
          [...named].sort((x, y) => x - y),
          [...really].sort((x, y) => x - y),
        );
      }),
      { seed: 20240607, numRuns: 400 },
    );
  });

  for (const [what, list] of [
    ['in a row', Array.from({ length: 100_000 }, (_, i) => paged(i * 8192, 4096))],
    ['all the same', Array.from({ length: 100_000 }, () => paged(0x1000, 0x1000))],
    ['nested', Array.from({ length: 100_000 }, (_, i) => paged(i * 4096, (200_000 - 2 * i) * 4096, 1 + (i & 1)))],
    ['descending', Array.from({ length: 100_000 }, (_, i) => paged((100_000 - i) * 8192, 4096))],
  ] as const) {
    it(`checks 100 000 regions ${what} without quadratic work`, () => {
      const start = performance.now();
      const problems = check('0.17.0', list);
      const seconds = (performance.now() - start) / 1000;
      assert.equal(
        problems.some((p) => p.code !== 'hole'),
        what !== 'in a row',
      );
      // Comparing all pairs takes minutes; a busy machine some seconds.
      assert.ok(seconds < 10, `${seconds.toFixed(2)} s`);
    });
  }
});

describe('checks: the list as a whole', () => {
  it('a hole is told behind the region before it, wherever that stands in the list', () => {
    const found = check('0.17.0', [paged(0x10000, 0x1000), paged(0x1000, 0x1000), paged(0x2000, 0x4000)]).filter(
      (p) => p.code === 'hole',
    );
    assert.deepEqual(
      found.map((p) => p.descriptor),
      [2],
    );
    assert.match(found[0]!.message, /^No region covers 0x6000…0x10000 behind it \(40\u202fKiB\)/);
  });

  it('many holes are counted', () => {
    const found = check(
      '0.17.0',
      Array.from({ length: 100 }, (_, i) => paged(0x1000 + i * 0x2000, 0x1000)),
    );
    assert.equal(found.length, 33);
    assert.ok(found.some((p) => /There are 67 more holes/.test(p.message)));
  });

  it('the classic list says nothing about holes, nor do regions of which only one arm is there', () => {
    assert.deepEqual(check('0.10.0', [classic(0x1000, 0x1000, 0x31), classic(0x9000, 0x1000, 0x31)]), []);
    const either = { ...paged(0x9000, 0x1000), condition: 'A' };
    assert.deepEqual(check('0.17.0', [paged(0x1000, 0x1000), either]), []);
  });

  for (const [what, base, len, expected] of [
    ['below', 0x1000, 0x1000, []],
    ['up to the end', 0xfff00000, 0x100000, []],
    ['across', 0xfff00000, 0x200000, [/^Its last 1\u202fMiB lie behind 0x100000000/]],
    ['behind', 0x100000000, 0x200000, [/^It lies behind 0x100000000/]],
  ] as const) {
    it(`free memory ${what} the end of the mapped range`, () => {
      const found = check('0.17.0', [paged(base, len)]);
      assert.equal(found.length, expected.length);
      found.forEach((p, i) => assert.match(p.message, expected[i]!));
    });
  }

  it('memory in use may lie behind it, and with paging all may', () => {
    assert.deepEqual(check('0.17.0', [paged(0x100000000, 0x1000, 2)]), []);
    assert.deepEqual(check('0.17.0', [paged(0x100000000, 0x1000)], { CONFIG_PAGING: 'y' }), []);
    assert.deepEqual(check('0.11.0', [classic(0x100000000, 0x1000, 0x31)]), []);
  });
});

describe('regions: from descriptors', () => {
  it('keeps the descriptor index, derives pages, reads pg_off as signed', () => {
    const { regions, unknown } = toRegions(
      mapOf(
        descriptor('typed', { pbase: 'x', vbase: 0, len: 0, type: 1, flags: 3 }),
        typed(0x1000, 0x1800, 8, 1, 'initrd'),
        paged(0x5000, 0x1000, 2, 1, { pg_off: TOP - 1n }),
      ),
    );
    assert.deepEqual(unknown, [0]);
    assert.deepEqual(regions[0], {
      index: 1,
      pbase: 0x1000n,
      vbase: 0x1000n,
      pgOff: 0n,
      len: 0x1800n,
      pgCount: 2n,
      type: 8,
      flags: 1,
      name: 'initrd',
    });
    assert.equal(regions[1]!.pgOff, -1n);
    assert.equal(regions[1]!.index, 2);
  });

  it('a classic base is both addresses', () => {
    const { regions } = toRegions(mapOf(classic(0x150000, 0x1000, 0x31)));
    assert.deepEqual(
      [regions[0]!.pbase, regions[0]!.vbase, regions[0]!.type, regions[0]!.flags],
      [0x150000n, 0x150000n, 0, 0x31],
    );
  });
});
