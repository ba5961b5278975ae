// Where memory comes from, what aligning it costs, and what happens when it ends.

import assert from 'node:assert/strict';
import { KernelStop } from '../../../src/allocators/kernel';
import { BASE, codes, decode, details, errors, MIB, readyHeap } from './heaps';

const bump = (h: ReturnType<typeof readyHeap>): number => h.kernel.mem.ptr(BASE + 0x1078);

describe('mimalloc: what the first segment costs', () => {
  const heaps: readonly (readonly [mib: number, cost: number, regions: number, why: string])[] = [
    [1024, 516, 1, '256 MiB are misaligned and lost, 260 MiB hold a region'],
    [400, 268, 0, '256 MiB are lost, and a direct segment costs 12 MiB'],
    [200, 12, 0, 'no region can be tried, a direct segment costs 12 MiB'],
  ];
  for (const [mib, cost, regions, why] of heaps) {
    it(`in ${mib} MiB: ${cost} MiB, because ${why}`, () => {
      const made = readyHeap(mib * MIB);
      const before = bump(made);
      assert.notEqual(made.heap.malloc(8), 0);
      assert.equal(bump(made) - before, cost * MIB);
      const d = details(decode(made));
      assert.equal(d.regions.length, regions);
      assert.equal(d.segments[0]!.place === undefined, regions === 0);
      const lost = d.lost.reduce((sum, l) => sum + Number(l.end - l.base), 0);
      assert.equal(lost, (cost - (regions > 0 ? 256 : 4)) * MIB);
    });
  }

  it('a bump pointer that happens to stand at 4 MiB: nothing is lost', () => {
    const base = 4 * MIB - 0x1080;
    const made = readyHeap(300 * MIB, base);
    made.heap.malloc(8);
    assert.deepEqual(details(decode(made)).lost, []);
    assert.equal(details(decode(made)).regions[0]!.start, BigInt(4 * MIB));
  });

  it('attempts that fail can consume memory: the search is made twice, so two times 4 MiB are lost', () => {
    const made = readyHeap(11 * MIB);
    const before = bump(made);
    assert.equal(made.heap.malloc(8), 0);
    assert.equal(bump(made) - before, 8 * MIB);
    assert.ok(codes(decode(made)).includes('no-memory'));
  });
});

describe('mimalloc: giving memory back', () => {
  it('a segment of a region is used again; one that came directly is lost', () => {
    for (const [mib, again] of [
      [600, true],
      [200, false],
    ] as const) {
      const made = readyHeap(mib * MIB);
      const keep = made.heap.malloc(8);
      const p = made.heap.malloc(MIB);
      made.heap.free(p);
      const q = made.heap.malloc(MIB);
      assert.equal(q === p, again);
      assert.ok(keep !== 0);
      const leaked = details(decode(made)).lost.filter((l) => l.why === 'leaked segment');
      assert.equal(leaked.length, again ? 0 : 1);
    }
  });

  it('collect(true) gives up an empty region: its 256 MiB are lost, which is told', () => {
    const made = readyHeap(1100 * MIB);
    made.heap.free(made.heap.malloc(MIB));
    made.heap.direct.collect(1);
    const snapshot = decode(made);
    assert.equal(details(snapshot).regions[0]!.live, false);
    assert.ok(codes(snapshot).includes('cleared-region'));
    assert.ok(details(snapshot).lost.some((l) => Number(l.end - l.base) >= 256 * MIB));
    assert.deepEqual(errors(snapshot), []);
  });

  it('a huge block is freed with its segment, whose bits are clear then', () => {
    const made = readyHeap(600 * MIB);
    made.heap.malloc(8);
    const p = made.heap.malloc(20 * MIB);
    assert.equal(details(decode(made)).regions[0]!.inUse, 0b111_1111n);
    made.heap.free(p);
    assert.equal(details(decode(made)).regions[0]!.inUse, 1n);
  });

  it('freeing a segment twice stops the simulation', () => {
    const made = readyHeap(600 * MIB);
    const p = made.heap.malloc(20 * MIB);
    made.heap.malloc(8);
    made.heap.free(p);
    assert.throws(
      () => made.heap.free(p),
      (e) => e instanceof KernelStop && /given back before/.test(e.message),
    );
  });

  it('an alignment of 4 MiB and more: the address comes out, freeing it stops the simulation', () => {
    const made = readyHeap(600 * MIB);
    made.heap.malloc(8);
    const p = made.heap.memalign(4 * MIB, 5 * MIB);
    assert.equal(p % (4 * MIB), 0);
    assert.ok(codes(decode(made)).includes('aligned-huge'));
    assert.throws(
      () => made.heap.free(p),
      (e) => e instanceof KernelStop && e.kind === 'wild',
    );
  });
});

describe('mimalloc: the largest request', () => {
  for (const mib of [5, 11, 16, 64, 200, 300, 500, 520, 780, 1100]) {
    it(`in a fresh heap of ${mib} MiB succeeds, and one byte more does not`, () => {
      for (const more of [0, 1]) {
        const made = readyHeap(mib * MIB);
        made.heap.malloc(8);
        const { largestRequest } = decode(made).metrics;
        if (largestRequest === 0) {
          assert.equal(made.heap.malloc(8), 0);
          continue;
        }
        assert.equal(made.heap.malloc(largestRequest + more) === 0, more === 1, `${String(largestRequest)} + ${String(more)}`);
      }
    });
  }
});

describe('mimalloc: calloc', () => {
  it('on memory that was never used clears 8 bytes only: dirty RAM shows through, and is found', () => {
    const made = readyHeap(600 * MIB);
    made.heap.malloc(1000);
    made.kernel.mem.setPtr(0x1041_0000 + 16, 0x1234); // in the next page, as on a machine whose RAM is dirty
    const p = made.heap.malloc(64);
    assert.equal(p, 0x1041_0000);
    const q = made.heap.calloc(1, 64);
    made.kernel.mem.setPtr(q + 64 + 24, 0x77);
    const snapshot = decode(made);
    assert.ok(codes(snapshot).includes('not-zero'));
    assert.equal(made.kernel.mem.ptr(made.heap.calloc(1, 64) + 24), 0x77);
  });

  it('a product that wraps gives NULL; with one element nothing is tested', () => {
    const { heap } = readyHeap(600 * MIB);
    heap.malloc(8);
    assert.equal(heap.calloc(2 ** 33, 2 ** 33), 0);
    assert.equal(heap.calloc(1, 2n ** 64n - 1n), 0);
  });
});

describe('mimalloc: the simulator', () => {
  it('spends memory on what a 1 GiB heap touches, not on its size', () => {
    const before = process.memoryUsage().rss;
    const made = readyHeap(1024 * MIB);
    for (const size of [8, 1000, 20_000, MIB, 200 * MIB]) assert.notEqual(made.heap.malloc(size), 0);
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < 64 * MIB, `${String(Math.round(grown / MIB))} MiB`);
  });
});
