// Random calls: live blocks never overlap, keep what was written into them, the decoder agrees with the simulator, undo and redo
// restore memory exactly, and a simulator that is attached in mid-run goes on as the first would have.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { attach, type Mimalloc } from '../../../src/allocators/mimalloc/simulator';
import { HeapStruct } from '../../../src/allocators/mimalloc/layout';
import { Statics } from '../../../src/allocators/mimalloc/statics';
import { toBigInt } from '../../../src/memory/address';
import type { SimMemory } from '../../../src/memory/sim-memory';
import { BASE, decode, details, errors, MIB, OPTIONS, readyHeap, type TestHeap } from './heaps';

const HEAP_BYTES = 900 * MIB;

type Call =
  | { readonly op: 'malloc'; readonly size: number }
  | { readonly op: 'calloc'; readonly count: number; readonly size: number }
  | { readonly op: 'memalign'; readonly shift: number; readonly size: number }
  | { readonly op: 'realloc'; readonly of: number; readonly size: number }
  | { readonly op: 'free'; readonly of: number }
  | { readonly op: 'clock'; readonly ms: number }
  | { readonly op: 'collect' };

/** Mostly small; sometimes medium, large or huge. */
const size = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 200 }) },
  { weight: 4, arbitrary: fc.nat({ max: 5000 }) },
  { weight: 2, arbitrary: fc.nat({ max: 140_000 }) },
  { weight: 1, arbitrary: fc.nat({ max: 9 * MIB }) },
);
const call: fc.Arbitrary<Call> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ op: fc.constant('malloc' as const), size }) },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('calloc' as const), count: fc.nat({ max: 9 }), size: fc.nat({ max: 2000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('memalign' as const), shift: fc.nat({ max: 16 }), size }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('realloc' as const), of: fc.nat(), size }) },
  { weight: 5, arbitrary: fc.record({ op: fc.constant('free' as const), of: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('clock' as const), ms: fc.nat({ max: 2 ** 33 }) }) },
  { weight: 1, arbitrary: fc.constant({ op: 'collect' as const }) },
);
const calls = fc.array(call, { minLength: 1, maxLength: 250, size: 'max' });

/** The live blocks as their owner sees them. */
class Shadow {
  readonly live: { p: number; size: number; tag: number }[] = [];
  private tags = 0;
  private readonly mem: SimMemory;

  constructor(mem: SimMemory) {
    this.mem = mem;
  }

  add(p: number, bytes: number): void {
    for (const other of this.live)
      assert.ok(p + bytes <= other.p || other.p + other.size <= p || bytes === 0, 'live blocks overlap');
    const tag = ++this.tags;
    this.live.push({ p, size: bytes, tag });
    for (const at of marksOf(p, bytes)) this.mem.setU8(at, tag);
  }

  take(of: number): { p: number; size: number; tag: number } | undefined {
    if (this.live.length === 0) return undefined;
    const [taken] = this.live.splice(of % this.live.length, 1);
    this.check(taken!, taken!.p, taken!.size);
    return taken;
  }

  /** Are the marks of a block still there, as far as `bytes` reach, at its new place? */
  check(block: { p: number; size: number; tag: number }, p: number, bytes: number): void {
    for (const at of marksOf(block.p, block.size)) {
      if (at - block.p < bytes) assert.equal(this.mem.u8(p + at - block.p), block.tag & 0xff, 'a live block changed');
    }
  }
}

/** First, last and middle byte of a block. */
function marksOf(p: number, bytes: number): number[] {
  return bytes === 0 ? [] : [p, p + bytes - 1, p + (bytes >> 1)];
}

/** Makes a call and returns its result; without a shadow, blocks are named by `live` and nothing is written. */
function make(heap: Mimalloc, shadow: Shadow, c: Call): number {
  switch (c.op) {
    case 'malloc': {
      const p = heap.malloc(c.size);
      if (p !== 0) shadow.add(p, c.size);
      return p;
    }
    case 'calloc': {
      const p = heap.calloc(c.count, c.size);
      if (p !== 0) shadow.add(p, c.count * c.size);
      return p;
    }
    case 'memalign': {
      const p = heap.memalign(2 ** c.shift, c.size);
      assert.ok(p === 0 || p % 2 ** c.shift === 0, 'alignment');
      if (p !== 0) shadow.add(p, c.size);
      return p;
    }
    case 'realloc': {
      const old = shadow.take(c.of);
      if (old === undefined) return 0;
      const p = heap.realloc(old.p, c.size);
      if (p === 0) shadow.add(old.p, old.size);
      else {
        shadow.check(old, p, Math.min(old.size, c.size));
        shadow.add(p, c.size);
      }
      return p;
    }
    case 'free': {
      const old = shadow.take(c.of);
      if (old !== undefined) heap.free(old.p);
      return 0;
    }
    case 'clock':
      return heap.direct.clock(c.ms);
    case 'collect':
      return heap.direct.collect(0);
  }
}

/** Hash of everything that a run can have written. */
function fingerprint({ kernel: { mem } }: TestHeap): string {
  const hash = createHash('sha256');
  const end = mem.ptr(BASE + 0x1078);
  hash.update(mem.bytes(BASE, 0x3000));
  const page = new Uint8Array(4096);
  for (let a = 4 * MIB; a < end; a += 64 * 1024) {
    const bytes = mem.bytes(a, 4096 * 2);
    if (Buffer.compare(bytes.subarray(0, 4096), page) !== 0 || Buffer.compare(bytes.subarray(4096), page) !== 0)
      hash.update(bytes);
  }
  hash.update(mem.bytes(Statics._mi_heap_main, 0x2000 + 4096));
  return hash.digest('hex');
}

describe('mimalloc: random calls', () => {
  it('live blocks are disjoint and keep their bytes; the decoder agrees and finds nothing wrong', () => {
    fc.assert(
      fc.property(calls, (sequence) => {
        const made = readyHeap(HEAP_BYTES);
        made.heap.malloc(8);
        const shadow = new Shadow(made.kernel.mem);
        for (const c of sequence) make(made.heap, shadow, c);
        const snapshot = decode(made);
        assert.deepEqual(errors(snapshot), []);
        for (const { p, size: bytes } of shadow.live) {
          const block = snapshot.blocks.holding(toBigInt(p));
          assert.equal(block?.state, 'used');
          assert.ok(toBigInt(p + bytes) <= block.base + BigInt(block.size));
          assert.ok(made.heap.direct.usable(p) >= bytes);
        }
        let at = toBigInt(BASE);
        for (let i = 0; i < snapshot.blocks.length; i++) {
          assert.equal(snapshot.blocks.base(i), at);
          at = snapshot.blocks.end(i);
        }
        assert.equal(at, toBigInt(BASE + HEAP_BYTES));
        const used = details(snapshot).segments.flatMap((s) => s.pages.map((p) => p.used));
        assert.equal(
          used.reduce((a, b) => a + b, 0),
          shadow.live.length + 1,
        );
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('when all is freed and collected, no page is left in any queue', () => {
    fc.assert(
      fc.property(calls, (sequence) => {
        const made = readyHeap(HEAP_BYTES);
        const first = made.heap.malloc(8);
        const shadow = new Shadow(made.kernel.mem);
        for (const c of sequence) make(made.heap, shadow, c);
        for (const { p } of shadow.live) made.heap.free(p);
        made.heap.free(first);
        made.heap.direct.collect(0);
        assert.equal(made.kernel.mem.ptr(Statics._mi_heap_main + HeapStruct.page_count), 0);
        const d = details(decode(made));
        assert.deepEqual(d.queues, []);
        assert.deepEqual(d.direct, []);
        assert.deepEqual(d.segments, []);
      }),
      { seed: 2, numRuns: 40 },
    );
  });

  it('undo and redo through the journal restore memory exactly', () => {
    fc.assert(
      fc.property(calls, (sequence) => {
        const made = readyHeap(HEAP_BYTES);
        const { mem } = made.kernel;
        const shadow = new Shadow(mem);
        mem.journal.on = true;
        const before = fingerprint(made);
        made.heap.malloc(8); // the switch is undone too
        const positions: number[] = [];
        const prints: string[] = [];
        for (const [i, c] of sequence.entries()) {
          make(made.heap, shadow, c);
          if (i % 40 === 0) {
            positions.push(mem.journal.length);
            prints.push(fingerprint(made));
          }
        }
        const end = mem.journal.length;
        const after = fingerprint(made);
        for (let i = positions.length - 1; i >= 0; i--) {
          mem.seek(positions[i]!);
          assert.equal(fingerprint(made), prints[i]);
        }
        mem.seek(0);
        assert.equal(fingerprint(made), before);
        mem.seek(end);
        assert.equal(fingerprint(made), after);
      }),
      { seed: 3, numRuns: 12 },
    );
  });

  it('a simulator attached in mid-run goes on as the first would have', () => {
    fc.assert(
      fc.property(calls, fc.nat({ max: 249 }), (sequence, cut) => {
        const [one, two] = [readyHeap(HEAP_BYTES), readyHeap(HEAP_BYTES)];
        const shadows = [one, two].map((h) => new Shadow(h.kernel.mem));
        let second = two.heap;
        for (const { heap } of [one, two]) heap.malloc(8);
        for (const [i, c] of sequence.entries()) {
          if (i === cut % sequence.length) second = attach(two.kernel, two.heap.address, OPTIONS);
          assert.equal(make(second, shadows[1]!, c), make(one.heap, shadows[0]!, c));
        }
        assert.equal(fingerprint(two), fingerprint(one));
        assert.deepEqual(decode(two).state, decode(one).state);
      }),
      { seed: 4, numRuns: 25 },
    );
  });

  it('at 0xffff800000000000 and beyond a 4 GiB window addresses only differ by the base', () => {
    const far = -(2 ** 47) + BASE; // same offset in 4 MiB, in the kernel half
    const [low, high] = [readyHeap(600 * MIB), readyHeap(600 * MIB, far)];
    const sizes = [8, 48, 100, 1000, 2000, 5000, 20_000, 100_000, 300_000, 3 * MIB];
    for (const s of sizes) {
      const [a, b] = [low.heap.malloc(s), high.heap.malloc(s)];
      // Page 0 of a segment begins at a multiple of its block size in absolute address, so there the two may differ by less.
      const usable = low.heap.direct.usable(a);
      assert.equal(high.heap.direct.usable(b), usable);
      assert.ok(Math.abs(b - a - (far - BASE)) < usable, String(s));
      high.heap.free(b);
      low.heap.free(a);
    }
    assert.deepEqual(errors(decode(high)), []);
  });
});
