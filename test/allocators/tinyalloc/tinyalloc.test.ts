// tinyalloc: the specification's worked example, the way of a request, the defects of the C code, and where it would run wild.

import assert from 'node:assert/strict';
import { tinyalloc } from '../../../src/allocators/tinyalloc';
import { Kernel, KernelStop } from '../../../src/allocators/kernel';
import { sizeFrom, type Heap } from '../../../src/allocators/ukalloc';
import { toBigInt } from '../../../src/memory/address';
import { simReader } from '../../../src/memory/reader';
import { SimMemory } from '../../../src/memory/sim-memory';
import type { TinyallocDetails } from '../../../src/snapshot/details';
import type { HeapSnapshot } from '../../../src/snapshot/snapshot';
import { simulate } from '../../support/boot';
import { paged } from '../../support/maps';

const BASE = 0x20_0000;

interface Made {
  readonly heap: Heap;
  readonly kernel: Kernel;
  readonly decode: () => HeapSnapshot;
  readonly details: () => TinyallocDetails;
}

function heapOf(length: number, config: Readonly<Record<string, string>> = {}): Made {
  const options = { release: '0.17.0', arch: 'x86_64', config } as const;
  const kernel = new Kernel(new SimMemory(BASE, length));
  const heap = tinyalloc.init(kernel, BASE, length, options);
  assert.ok(heap);
  const decode = (): HeapSnapshot => tinyalloc.decode(simReader(kernel.mem), toBigInt(BASE), options);
  const details = (): TinyallocDetails => {
    const found = decode().details;
    assert.ok(found?.kind === 'tinyalloc');
    return found;
  };
  return { heap, kernel, decode, details };
}

const stops = (kind: KernelStop['kind'], text: RegExp) => (problem: unknown) =>
  problem instanceof KernelStop && problem.kind === kind && text.test(problem.message);

describe('tinyalloc: the worked example', () => {
  const { heap, decode } = heapOf(0x10000);

  it('init: Heap, table, top and limit', () => {
    const { state } = decode();
    assert.deepEqual([state.heap, state.blocks, state.top, state.limit], ['0x2000a8', '0x2000d0', '0x20c0d0', '0x210000']);
  });

  it('malloc(0) and malloc(1) are carved from top', () => {
    assert.equal(heap.malloc(0), 0x20c0e0);
    assert.equal(heap.malloc(1), 0x20c0f0);
    assert.deepEqual(decode().state.used, [
      ['0x2000e8', '0x20c0e0', '0x18'],
      ['0x2000d0', '0x20c0d0', '0x10'],
    ]);
  });
});

describe('tinyalloc: the way of a request', () => {
  it('carved, top, split, whole, none', () => {
    const { heap, details } = heapOf(0x20000);
    assert.equal(details().request(100n).outcome, 'carved');
    const [a, b, c] = [heap.malloc(1000), heap.malloc(100), heap.malloc(1000)];
    heap.free(c);
    assert.equal(details().request(5000n).outcome, 'top');
    heap.malloc(1000);
    heap.free(a);
    assert.equal(details().request(100n).outcome, 'split');
    assert.equal(details().request(996n).outcome, 'whole');
    assert.equal(details().request(10n ** 6n).outcome, 'none');
    assert.notEqual(b, 0);
  });

  it('what is foretold happens', () => {
    const { heap, details } = heapOf(0x20000);
    const live: number[] = [];
    for (let i = 0; i < 300; i++) {
      const size = (i * 7919) % 2000;
      const { block } = details().request(BigInt(size));
      const p = heap.malloc(size);
      assert.equal(toBigInt(p), block === undefined ? 0n : block + 16n);
      if (p !== 0) live.push(p);
      if (i % 3 !== 0) heap.free(live.splice((i * 31) % live.length, 1)[0]!);
    }
  });

  it('the largest request is met, one unit more is not', () => {
    const { heap, decode } = heapOf(0x20000);
    heap.free(heap.malloc(500));
    const { largestRequest } = decode().metrics;
    assert.equal(heap.malloc(largestRequest + 8), 0);
    assert.notEqual(heap.malloc(largestRequest), 0);
  });
});

describe('tinyalloc: defects of the C code', () => {
  it('a region smaller than the table becomes a heap that never gives memory, and is told of', () => {
    const { heap, decode } = heapOf(0x8000);
    assert.equal(heap.malloc(1), 0);
    assert.ok(decode().findings.some((f) => f.code === 'table-past-end' && f.severity === 'error'));
  });

  it('a request near 2^64 succeeds and moves top down over live blocks, and is told of', () => {
    const { heap, decode } = heapOf(0x20000);
    heap.malloc(5000);
    assert.notEqual(heap.malloc(sizeFrom(2n ** 64n - 2048n)), 0);
    const codes = decode().findings.map((f) => f.code);
    assert.ok(codes.includes('wrapped-size') && codes.includes('top-below-block'), codes.join());
  });

  it('the next block after top has left the region stops the kernel', () => {
    const { heap } = heapOf(0x20000);
    heap.malloc(sizeFrom(2n ** 64n - 0x10_0000n));
    assert.throws(() => heap.malloc(8), stops('wild', /outside the region/));
  });

  it('no descriptors: ta_init would run through all memory', () => {
    for (const count of ['0', '-1']) {
      assert.throws(() => heapOf(0x20000, { CONFIG_LIBTINYALLOC_HEAP_BLOCKS: count }), stops('wild', /HEAP_BLOCKS/));
    }
  });

  it('with no fresh descriptor left, memory that is there is not given', () => {
    const { heap, details } = heapOf(0x20000, { CONFIG_LIBTINYALLOC_HEAP_BLOCKS: '2' });
    assert.notEqual(heap.malloc(8), 0);
    assert.notEqual(heap.malloc(8), 0);
    assert.equal(heap.malloc(8), 0);
    assert.equal(details().fresh.length, 0);
    assert.ok(details().top < details().limit);
  });

  it('a second free of a block is ignored', () => {
    const { heap, decode } = heapOf(0x20000);
    const p = heap.malloc(100);
    heap.free(p);
    const before = JSON.stringify(decode().state);
    heap.free(p);
    assert.equal(JSON.stringify(decode().state), before);
  });

  it('a damaged list stops the kernel instead of being followed', () => {
    const { heap, kernel } = heapOf(0x20000);
    const p = heap.malloc(100);
    kernel.mem.setPtr(0x2000d0 + 8, 0x1234);
    kernel.mem.setPtr(p - 8, 0x999);
    assert.throws(() => heap.free(p), stops('wild', /no descriptor of the table/));
    kernel.mem.setPtr(0x2000d0 + 8, 0x2000d0);
    assert.throws(() => heap.free(p), stops('wild', /circle/));
  });
});

describe('tinyalloc: as boot allocator', () => {
  it('takes a region that its table does not fit into, says so, and loses the rest', () => {
    const simulation = simulate('0.17.0', 'tinyalloc', [
      paged(0x10_0000n, 0x1000n),
      paged(0x20_0000n, 0x8000n),
      paged(0x40_0000n, 0x10_0000n),
    ]);
    const decisions = simulation.finalDecisions();
    assert.deepEqual(
      decisions.map((d) => d.kind),
      ['failed', 'init', 'failed'],
    );
    assert.match(decisions[1]!.reason, /every request gets NULL/);
    assert.match(decisions[2]!.reason, /no addmem/);
  });
});
