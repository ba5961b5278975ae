// Random calls on an allocator that brings malloc and free only (TLSF, tinyalloc), and what must hold whatever they are.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Kernel } from '../../src/allocators/kernel';
import type { Allocator, AllocatorOptions, Heap } from '../../src/allocators/ukalloc';
import { toBigInt } from '../../src/memory/address';
import { simReader } from '../../src/memory/reader';
import { SimMemory } from '../../src/memory/sim-memory';
import type { HeapSnapshot } from '../../src/snapshot/snapshot';

export type Call =
  | { readonly op: 'malloc'; readonly size: number }
  | { readonly op: 'memalign'; readonly shift: number; readonly size: number }
  | { readonly op: 'realloc'; readonly of: number; readonly size: number }
  | { readonly op: 'free'; readonly of: number };

const size = fc.oneof(
  { weight: 5, arbitrary: fc.nat({ max: 200 }) },
  { weight: 3, arbitrary: fc.nat({ max: 3000 }) },
  { weight: 1, arbitrary: fc.nat({ max: 70_000 }) },
);

export const calls: fc.Arbitrary<Call[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ op: fc.constant('malloc' as const), size }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('memalign' as const), shift: fc.integer({ min: 4, max: 13 }), size }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('realloc' as const), of: fc.nat(), size }) },
    { weight: 5, arbitrary: fc.record({ op: fc.constant('free' as const), of: fc.nat() }) },
  ),
  { minLength: 1, maxLength: 200, size: 'max' },
);

export interface Live {
  readonly p: number;
  readonly size: number;
}

export class TestHeap {
  readonly kernel: Kernel;
  readonly allocator: Allocator;
  readonly options: AllocatorOptions;
  readonly length: number;
  heap: Heap;
  readonly live: Live[] = [];

  constructor(allocator: Allocator, base: number, length: number, options: AllocatorOptions, window = length) {
    this.allocator = allocator;
    this.options = options;
    this.length = length;
    this.kernel = new Kernel(new SimMemory(window === 0 ? 0 : base, window));
    const heap = allocator.init(this.kernel, base, length, options);
    assert.ok(heap);
    this.heap = heap;
  }

  /** Makes one call; what it gives must lie in the region, apart from every live block. */
  run(call: Call): number {
    const { heap, live } = this;
    if (call.op === 'malloc') return this.add(heap.malloc(call.size), call.size);
    if (call.op === 'memalign') {
      const p = heap.memalign(2 ** call.shift, call.size);
      assert.equal(p & (2 ** call.shift - 1), 0);
      return this.add(p, call.size);
    }
    const at = live.length === 0 ? -1 : call.of % live.length;
    const block = live[at];
    if (block === undefined) return 0;
    if (call.op === 'free') {
      heap.free(block.p);
      live.splice(at, 1);
      return 0;
    }
    const p = heap.realloc(block.p, call.size);
    if (p !== 0 || call.size === 0) live.splice(at, 1);
    return call.size === 0 ? 0 : this.add(p, call.size);
  }

  private add(p: number, bytes: number): number {
    if (p === 0) return 0;
    assert.ok(p >= this.heap.address && p + bytes <= this.heap.address + this.length, 'a block lies outside the region');
    for (const other of this.live)
      assert.ok(
        p + bytes <= other.p || other.p + other.size <= p,
        `blocks ${p.toString(16)} and ${other.p.toString(16)} overlap`,
      );
    this.live.push({ p, size: bytes });
    return p;
  }

  decode(): HeapSnapshot {
    return this.allocator.decode(simReader(this.kernel.mem), toBigInt(this.heap.address), this.options);
  }

  bytes(): Buffer {
    return Buffer.from(this.kernel.mem.bytes(this.heap.address, this.length));
  }
}

/** A decoded heap without damage knows every live block. */
export function assertDecodes(test: TestHeap): void {
  const { findings, blocks } = test.decode();
  assert.deepEqual(
    findings.filter((f) => f.severity !== 'info'),
    [],
  );
  for (const { p, size: bytes } of test.live) {
    const block = blocks.holding(toBigInt(p) - 16n);
    assert.equal(block?.state, 'used', p.toString(16));
    // A record that an earlier owner left in a block that was given whole can look as good as the present one.
    if (block.payload === toBigInt(p)) assert.ok(block.asked >= bytes, `asked for ${bytes}, memory says ${block.asked}`);
  }
}

/** The four properties that every such allocator has. */
export function describeProperties(name: string, make: () => TestHeap, seed: number, emptied: (test: TestHeap) => void): void {
  describe(`${name}: random calls`, () => {
    const runs = { seed, numRuns: 40 };

    it('live blocks lie apart, and the decoder finds them and nothing wrong', () => {
      fc.assert(
        fc.property(calls, (list) => {
          const test = make();
          for (const call of list) test.run(call);
          assertDecodes(test);
        }),
        runs,
      );
    });

    it('undo restores every byte at every operation, redo as well', () => {
      fc.assert(
        fc.property(calls, (list) => {
          const test = make();
          const { mem } = test.kernel;
          mem.journal.on = true;
          const states: { at: number; bytes: Buffer }[] = [{ at: 0, bytes: test.bytes() }];
          for (const call of list.slice(0, 40)) {
            test.run(call);
            states.push({ at: mem.journal.length, bytes: test.bytes() });
          }
          for (const { at, bytes } of [...states].reverse().concat(states)) {
            mem.seek(at);
            assert.ok(test.bytes().equals(bytes), `after ${at} journal entries`);
          }
        }),
        { ...runs, numRuns: 12 },
      );
    });

    it('a heap attached in mid-run goes on as the first would have', () => {
      fc.assert(
        fc.property(calls, fc.nat({ max: 200 }), (list, cut) => {
          const whole = make();
          const halves = make();
          for (const [i, call] of list.entries()) {
            if (i === cut % list.length)
              halves.heap = halves.allocator.attach(halves.kernel, halves.heap.address, halves.options);
            assert.equal(halves.run(call), whole.run(call));
          }
          assert.ok(halves.bytes().equals(whole.bytes()));
        }),
        runs,
      );
    });

    it('with everything freed there is one free block', () => {
      fc.assert(
        fc.property(calls, (list) => {
          const test = make();
          for (const call of list) test.run(call);
          for (const { p } of test.live) test.heap.free(p);
          emptied(test);
        }),
        runs,
      );
    });
  });
}
