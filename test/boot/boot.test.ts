import assert from 'node:assert/strict';
import { kindsOf, lastLine, simulate } from '../support/boot';
import { classic, paged, typed } from '../support/maps';

const MIB = 2n ** 20n;
const GIB = 2n ** 30n;

describe('boot: which region becomes the heap', () => {
  it('0.17: the first FREE one on which bbuddy initialises; later ones are added, others passed over', () => {
    const s = simulate('0.17.0', 'bbuddy', [
      paged(0x1000n, 0x18n, 4),
      paged(0x12000n, 0x8e000n),
      paged(0xa0000n, 0x20000n, 2),
      paged(0x180000n, MIB),
    ]);
    assert.deepEqual(kindsOf(s), ['skipped', 'init', 'skipped', 'addmem']);
    assert.match(s.decisions()[0]!.reason, /KERNEL; only FREE/);
    assert.match(s.decisions()[3]!.reason, /Added to the heap at 0x12000: 1\u202fMiB/);
  });

  it('0.17: a one-page region is refused by addmem, with the kernel’s own words, and the boot goes on', () => {
    const s = simulate('0.17.0', 'bbuddy', [paged(0x12000n, 0x8e000n), paged(0x322000n, 0x1000n), paged(0x400000n, MIB)]);
    assert.deepEqual(kindsOf(s), ['init', 'failed', 'addmem']);
    assert.ok(
      s
        .lines()
        .some(
          (l) =>
            l.level === 'err' &&
            l.text === '12000: Failed to add memory region 322000-323000: Not enough space after applying page alignments',
        ),
    );
    assert.match(s.decisions()[1]!.reason, /Refused by addmem \(-22\): Not enough space after applying page alignments/);
  });

  it('region: later regions are lost, and the decision says so', () => {
    const s = simulate('0.17.0', 'region', [paged(0x12000n, 0x8e000n), paged(0x180000n, MIB)]);
    assert.deepEqual(kindsOf(s), ['init', 'failed']);
    assert.match(s.decisions()[1]!.reason, /Lost: .* answers 0 and does nothing, 1\u202fMiB/);
  });

  it('oscar: what becomes of later regions is up to the allocator underneath', () => {
    const regions = [paged(0x12000n, 0x8e000n), paged(0x180000n, MIB)];
    assert.deepEqual(kindsOf(simulate('0.17.0', 'oscar', regions)), ['init', 'addmem']);
    const s = simulate('0.17.0', 'oscar', regions, { CONFIG_LIBOSCAR_OVER_REGION: 'y' });
    assert.deepEqual(kindsOf(s), ['init', 'failed']);
    assert.match(s.decisions()[1]!.reason, /Lost: .* answers 0 and does nothing/);
  });

  it('region: a first region of one page is passed over silently', () => {
    const s = simulate('0.17.0', 'region', [paged(0x12000n, 0x1000n), paged(0x180000n, MIB)]);
    assert.deepEqual(kindsOf(s), ['failed', 'init']);
  });

  it('classic: all of FREE, READABLE and WRITABLE are needed', () => {
    const s = simulate('0.10.0', 'bbuddy', [classic(0x100000n, 0x1a000n, 0x52, '.text'), classic(0x152000n, MIB, 0x31, 'heap')]);
    assert.deepEqual(kindsOf(s), ['skipped', 'init']);
    assert.match(s.decisions()[0]!.reason, /0x52 lack FREE and WRITABLE|0x52 lack FREE/);
  });
});

describe('boot: 0.3 numbers the regions in its log and prints those that it passes over', () => {
  const regions = [
    classic(0x100000n, 0x1a000n, 0x12, '.text'),
    classic(0x152000n, MIB, 0xd, 'heap'),
    classic(0x300000n, MIB, 0xd),
  ];
  const printed = (config: Record<string, string>) =>
    simulate('0.3.1', 'bbuddy', regions, config)
      .lines()
      .map((l) => l.text);

  it('without names', () => {
    const lines = printed({ CONFIG_UKPLAT_MEMRNAME: 'n' });
    assert.ok(lines.includes('Skip memory region 0: 0x100000 - 0x11a000 (flags: 0x12)'), lines.join('\n'));
    assert.ok(lines.includes('Try  memory region 1: 0x152000 - 0x252000 (flags: 0x0d)...'));
    assert.ok(lines.includes('Try  memory region 2: 0x300000 - 0x400000 (flags: 0x0d)...'));
  });

  it('with names', () => {
    const lines = printed({ CONFIG_UKPLAT_MEMRNAME: 'y' });
    assert.ok(lines.includes('Skip memory region 0: 0x100000 - 0x11a000 (flags: 0x12, name: .text)'), lines.join('\n'));
    assert.ok(lines.includes('Try  memory region 1: 0x152000 - 0x252000 (flags: 0x0d, name: heap)...'));
  });

  it('announces nothing where there is no region', () => {
    const lines = simulate('0.3.1', 'bbuddy', [])
      .lines()
      .map((l) => l.text);
    assert.deepEqual(lines, ['No suitable memory region for memory allocator. Continue without heap']);
  });
});

describe('boot: without a heap', () => {
  for (const [release, kind, text] of [
    ['0.10.0', 'no-heap', 'No suitable memory region for memory allocator. Continue without heap'],
    ['0.11.0', 'stopped', 'No suitable memory region for memory allocator'],
  ] as const) {
    it(`${release}: ${text}`, () => {
      const s = simulate(release, 'bbuddy', [classic(0x100000n, MIB, 0x12)]);
      assert.equal(s.outcome.kind, kind);
      assert.equal(s.outcome.message, text);
      assert.equal(s.snapshot(), undefined);
      assert.equal(lastLine(s), text);
    });
  }

  for (const release of ['0.12.0', '0.14.0', '0.16.3', '0.17.0', '0.21.0'] as const) {
    it(`${release}: crashes`, () => {
      const make = release < '0.17' ? typed : paged;
      const s = simulate(release, 'bbuddy', [make(0x100000n, MIB, 2)]);
      assert.equal(s.outcome.kind, 'stopped');
      assert.equal(s.outcome.message, 'Failed to initialize memory allocator');
    });
  }
});

describe('boot: assertions on a free region', () => {
  it('0.14 has none: an unaligned region is rounded by bbuddy', () => {
    const s = simulate('0.14.0', 'bbuddy', [typed(0x182017n, MIB)]);
    assert.deepEqual(kindsOf(s), ['init']);
    assert.equal(s.snapshot()?.heap, 0x183000n);
  });

  it('0.16: an unaligned length stops the boot', () => {
    const s = simulate('0.16.3', 'bbuddy', [typed(0x180000n, MIB + 0x800n), typed(0x400000n, MIB)]);
    assert.equal(s.outcome.kind, 'stopped');
    assert.deepEqual(kindsOf(s), ['failed', 'not-reached']);
    assert.match(s.decisions()[0]!.reason, /md->len & ~PAGE_MASK/);
  });
});

describe('boot: size does not cost', () => {
  it('a 1 TiB region boots, with every page free', () => {
    const s = simulate('0.17.0', 'bbuddy', [paged(0x10_0000_0000n, 1024n * GIB)]);
    const { metrics } = s.snapshot()!;
    assert.equal(metrics.total, 1024 * 2 ** 30);
    // One page for the allocator, and 8193 for the record and a bit for each page.
    assert.equal(metrics.overhead, 4096 * (1 + 8193));
  });

  it('the kernel half boots as the user half', () => {
    const low = simulate('0.17.0', 'bbuddy', [paged(0x8000_0000n, 64n * MIB)]);
    const high = simulate('0.17.0', 'bbuddy', [paged(0xffff_8000_8000_0000n, 64n * MIB)]);
    assert.deepEqual(high.snapshot()!.metrics, low.snapshot()!.metrics);
    const shifted = JSON.stringify(low.snapshot()!.state.free)
      .replaceAll('0x8', '0xffff80008')
      .replaceAll('0xffff800080', '0xffff80008');
    assert.equal(
      Object.keys(high.snapshot()!.state.free as object).length,
      Object.keys(low.snapshot()!.state.free as object).length,
      shifted,
    );
  });

  it('100 000 regions boot', () => {
    const regions = Array.from({ length: 100_000 }, (_, i) =>
      paged(BigInt(i) * 0x4000n + 0x100000n, 0x2000n, i % 100 === 0 ? 1 : 2),
    );
    const s = simulate('0.17.0', 'bbuddy', regions);
    assert.equal(kindsOf(s).filter((k) => k === 'addmem').length, 999);
  });
});

describe('boot: paging', () => {
  it('the heap is mapped at its base, and no region is looked at', () => {
    const config = { CONFIG_PAGING: 'y', CONFIG_LIBUKBOOT_HEAP_BASE: '0x400000000' };
    const s = simulate('0.17.0', 'bbuddy', [paged(0x12000n, 0x8e000n), paged(0x180000n, 64n * MIB)], config);
    assert.equal(s.snapshot()?.heap, 0x400000000n);
    assert.deepEqual(kindsOf(s), ['skipped', 'skipped']);
  });

  it('no frames: the boot crashes', () => {
    const config = { CONFIG_PAGING: 'y', CONFIG_LIBUKBOOT_HEAP_BASE: '0x400000000' };
    const s = simulate('0.17.0', 'bbuddy', [paged(0x12000n, 0x1000n)], config);
    assert.equal(s.outcome.kind, 'stopped');
  });
});

describe('boot: hostile numbers', () => {
  it('len = 2^64 − 1 does not hang or throw', () => {
    for (const make of [paged, typed]) {
      const s = simulate(make === paged ? '0.17.0' : '0.14.0', 'bbuddy', [make(0x1000n, 2n ** 64n - 1n), make(0x180000n, MIB)]);
      assert.ok(s.outcome.message !== '');
    }
  });

  it('a region over the last page of the address space is no reason to crash', () => {
    const s = simulate('0.14.0', 'bbuddy', [typed(0xffff_ffff_fff0_0000n, 0x100000n)]);
    assert.ok(s.outcome.message !== '');
  });
});
