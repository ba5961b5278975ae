// What holds for bbuddy and region whatever is asked of them, in every profile and in both halves of the address space.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Kernel } from '../../src/allocators/kernel';
import { allocatorFor } from '../../src/allocators/registry';
import type { Heap } from '../../src/allocators/ukalloc';
import { toBigInt, toNumber } from '../../src/memory/address';
import { simReader } from '../../src/memory/reader';
import { SimMemory } from '../../src/memory/sim-memory';
import type { AllocatorId } from '../../src/regions/allocator-id';
import type { Release } from '../../src/regions/release';

const LENGTH = 4 * 2 ** 20;

interface Call {
  readonly kind: 'malloc' | 'calloc' | 'memalign' | 'free';
  readonly size: number;
  readonly align: number;
  readonly pick: number;
}

const call: fc.Arbitrary<Call> = fc.record({
  kind: fc.constantFrom('malloc', 'malloc', 'calloc', 'memalign', 'free', 'free'),
  size: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 70_000 })),
  align: fc.constantFrom(16, 64, 4096, 16384),
  pick: fc.nat(),
});

function boot(id: AllocatorId, release: Release, base: number): { kernel: Kernel; heap: Heap } {
  const kernel = new Kernel(new SimMemory(base, LENGTH));
  const heap = allocatorFor(id)!.init(kernel, base, LENGTH, { release, arch: 'x86_64', config: {} })!;
  return { kernel, heap };
}

/** Makes the calls; answers each call's result. `live` are the blocks held, by address. */
function make(heap: Heap, calls: readonly Call[], live: Map<number, number>): number[] {
  return calls.map(({ kind, size, align, pick }) => {
    if (kind === 'free') {
      const held = [...live.keys()];
      if (held.length === 0) return 0;
      const p = held[pick % held.length]!;
      heap.free(p);
      live.delete(p);
      return p;
    }
    const p = kind === 'malloc' ? heap.malloc(size) : kind === 'calloc' ? heap.calloc(1, size) : heap.memalign(align, size);
    if (p !== 0) live.set(p, size);
    return p;
  });
}

const all = (kernel: Kernel, base: number): Uint8Array => kernel.mem.bytes(base, LENGTH);

for (const [id, releases] of [
  ['bbuddy', ['0.5.0', '0.10.0', '0.12.0', '0.17.0', '0.20.0']],
  ['region', ['0.5.0', '0.17.0']],
] as const) {
  for (const release of releases) {
    for (const base of [0x100000, toNumber(0xffff_8000_0100_0000n)]) {
      const where = base < 0 ? 'kernel half' : 'user half';
      const check = (run: (calls: Call[]) => void): void =>
        fc.assert(fc.property(fc.array(call, { maxLength: 60 }), run), { seed: 6, numRuns: 12 });

      describe(`${id} ${release}, ${where}`, () => {
        it('live blocks lie in the heap and never overlap', () =>
          check((calls) => {
            const { heap } = boot(id, release, base);
            const live = new Map<number, number>();
            make(heap, calls, live);
            const sorted = [...live].sort(([a], [b]) => a - b);
            for (const [i, [p, size]] of sorted.entries()) {
              assert.ok(p >= base && p + size <= base + LENGTH);
              const next = sorted[i + 1];
              if (next !== undefined) assert.ok(p + size <= next[0]);
            }
          }));

        it('a second heap on the same bytes goes on as the first would have', () =>
          check((calls) => {
            const half = calls.length >> 1;
            const one = boot(id, release, base);
            const two = boot(id, release, base);
            const [live1, live2] = [new Map<number, number>(), new Map<number, number>()];
            make(one.heap, calls.slice(0, half), live1);
            make(two.heap, calls.slice(0, half), live2);
            const again = allocatorFor(id)!.attach(two.kernel, two.heap.address, { release, arch: 'x86_64', config: {} });
            assert.deepEqual(make(again, calls.slice(half), live2), make(one.heap, calls.slice(half), live1));
            assert.deepEqual(all(two.kernel, base), all(one.kernel, base));
          }));

        it('undoing every write gives the bytes before, and redoing them the bytes after', () =>
          check((calls) => {
            const { kernel, heap } = boot(id, release, base);
            const before = all(kernel, base);
            kernel.mem.journal.on = true;
            make(heap, calls, new Map());
            const after = all(kernel, base);
            kernel.mem.seek(0);
            assert.deepEqual(all(kernel, base), before);
            kernel.mem.seek(kernel.mem.journal.length);
            assert.deepEqual(all(kernel, base), after);
          }));

        it('the decoder finds it intact, and its blocks cover the heap without a hole', () =>
          check((calls) => {
            const { kernel, heap } = boot(id, release, base);
            const live = new Map<number, number>();
            make(heap, calls, live);
            const snapshot = allocatorFor(id)!.decode(simReader(kernel.mem), toBigInt(heap.address), {
              release,
              arch: 'x86_64',
              config: {},
            });
            assert.deepEqual(
              snapshot.findings.filter((f) => f.severity === 'error'),
              [],
            );
            for (let i = 1; i < snapshot.blocks.length; i++) assert.equal(snapshot.blocks.base(i), snapshot.blocks.end(i - 1));
            for (const p of live.keys()) assert.equal(snapshot.blocks.holding(toBigInt(p))?.state, 'used');
          }));
      });
    }
  }
}

describe('bbuddy: everything given back', () => {
  for (const release of ['0.10.0', '0.17.0', '0.20.0'] as const) {
    it(`${release}: as many pages are free as at first, in as large chunks`, () =>
      fc.assert(
        fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
          const { heap } = boot('bbuddy', release, 0x100000);
          const pages = heap.pavailmem();
          const largest = heap.pmaxalloc();
          const live = new Map<number, number>();
          make(heap, calls, live);
          for (const p of live.keys()) heap.free(p);
          assert.equal(heap.pavailmem(), pages);
          assert.equal(heap.pmaxalloc(), largest);
        }),
        { seed: 7, numRuns: 20 },
      ));
  }
});
