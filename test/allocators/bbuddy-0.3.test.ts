// bbuddy of 0.3: page calls took an order, and the header of a block was one word. What is expected here was read from the C code of
// RELEASE-0.3.1; the traces of Oscar run on it.

import assert from 'node:assert/strict';
import { Kernel, KernelStop } from '../../src/allocators/kernel';
import { bbuddy } from '../../src/allocators/bbuddy';
import type { Heap } from '../../src/allocators/ukalloc';
import { hex, toBigInt } from '../../src/memory/address';
import { simReader } from '../../src/memory/reader';
import { SimMemory } from '../../src/memory/sim-memory';
import type { HeapSnapshot } from '../../src/snapshot/snapshot';

const BASE = 0x10000000;
const OPTIONS = { release: '0.3.1', arch: 'x86_64', config: {} } as const;

function heapOf(length: number): { heap: Heap; kernel: Kernel; mem: SimMemory; decode: () => HeapSnapshot } {
  const mem = new SimMemory(BASE, length);
  const kernel = new Kernel(mem);
  const heap = bbuddy.init(kernel, BASE, length, OPTIONS)!;
  return { heap, kernel, mem, decode: () => bbuddy.decode(simReader(mem), toBigInt(heap.address), OPTIONS) };
}

describe('bbuddy 0.3', () => {
  it('malloc writes the order before the payload', () => {
    const { heap, mem } = heapOf(0x400000);
    const p = heap.malloc(4089);
    assert.equal(p & 4095, 8);
    assert.equal(mem.ptr(p - 8), 1);
    assert.equal(mem.ptr(heap.malloc(4088) - 8), 0);
  });

  it('the first usable page is the fourth', () => {
    assert.equal(hex(heapOf(0x400000).heap.palloc(1)), '0x10003000');
  });

  it('posix_memalign: a page at most; a page-aligned payload has its header in the page before', () => {
    const { heap, mem } = heapOf(0x400000);
    assert.equal(heap.posixMemalign(8192, 10), 22);
    assert.equal(heap.posixMemalign(4096, 4096), 0);
    const p = heap.memptr!;
    assert.equal(p & 4095, 0);
    assert.equal(mem.ptr(p - 4096), 1);
    const before = heap.memptr;
    assert.equal(heap.posixMemalign(64, 0), 22);
    assert.equal(heap.memptr, 0);
    heap.free(before!);
  });

  it('posix_memalign reserves 8 bytes before an aligned object that begins `align` bytes into its block', () => {
    const { heap, mem } = heapOf(0x400000);
    assert.equal(heap.posixMemalign(64, 4096 - 63), 0);
    assert.equal(mem.ptr(heap.memptr! - 64), 0);
    assert.ok((heap.memptr! & 4095) + 4096 - 63 > 4096);
  });

  it('sums are not tested: malloc(2^64 − 8) gives a page', () => {
    assert.equal(heapOf(0x400000).heap.malloc(2n ** 64n - 8n) & 4095, 8);
  });

  it('realloc carries the old payload over', () => {
    const { heap, mem } = heapOf(0x400000);
    const p = heap.malloc(100);
    mem.setU32(p + 96, 0xdeadbeef);
    const q = heap.realloc(p, 5000);
    assert.equal(mem.u32(q + 96), 0xdeadbeef);
    assert.equal(heap.realloc(q, 0), 0);
  });

  it('init calls addmem even when nothing is left, and prints its refusal', () => {
    for (const [pages, why] of [
      [1, 'Invalid range'],
      [2, 'Not enough space'],
      [3, 'Not enough space'],
    ] as const) {
      const { heap, kernel } = heapOf(pages * 4096);
      assert.match(kernel.console.take().at(-1)!.text, new RegExp(`^10000000: Failed to add memory region 10002000-.*: ${why}`));
      assert.equal(heap.palloc(1), 0);
    }
  });

  it('a region whose last page the formula loses trips the assertion of map_free', () => {
    assert.throws(
      () => heapOf((2 + 32450) * 4096),
      (problem) => problem instanceof KernelStop && problem.kind === 'assert' && problem.message.includes('memr->nr_pages'),
    );
  });

  it('decodes: blocks by their order words, no error', () => {
    const { heap, mem, decode } = heapOf(0x400000);
    const p = heap.malloc(9000);
    heap.malloc(20);
    const snapshot = decode();
    assert.equal(snapshot.profile, 'B03');
    const block = snapshot.blocks.holding(toBigInt(p))!;
    assert.deepEqual([block.size, block.payload], [16384, toBigInt(p)]);
    assert.deepEqual(
      snapshot.findings.filter((f) => f.severity === 'error'),
      [],
    );
    assert.deepEqual(
      bbuddy.inspect(simReader(mem), snapshot, block.base).map((s) => s.type),
      ['size_t', 'mm_alloc_bitmap'],
    );
  });
});
