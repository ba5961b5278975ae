// bbuddy on lists that a program has written over, which it can do before anybody looks: what the C code then does was run with the
// original of RELEASE-0.13.1, where the request path itself writes past its blocks.

import assert from 'node:assert/strict';
import { bbuddy } from '../../src/allocators/bbuddy';
import { Kernel, stopOf } from '../../src/allocators/kernel';
import type { Heap } from '../../src/allocators/ukalloc';
import { SimMemory } from '../../src/memory/sim-memory';

const BASE = 0x10000000;
const MIB = 2 ** 20;

/** A heap whose list of single pages holds one page, and that page. */
function heapWithSinglePage(): { heap: Heap; mem: SimMemory; page: number } {
  const mem = new SimMemory(BASE, MIB);
  const heap = bbuddy.init(new Kernel(mem), BASE, MIB, { release: '0.13.1', arch: 'x86_64', config: {} })!;
  const [page, kept] = [heap.palloc(1), heap.palloc(1)];
  assert.equal(kept, page ^ 4096, 'the two are buddies, so the freed one stays single');
  heap.pfree(page, 1);
  return { heap, mem, page };
}

describe('bbuddy: a free chunk that was written over', () => {
  it('a next of NULL makes its list look empty: a larger chunk is split', () => {
    const { heap, mem, page } = heapWithSinglePage();
    mem.setPtr(page, 0);
    const given = heap.palloc(1);
    assert.notEqual(given, 0);
    assert.notEqual(given, page);
  });

  it('a next that is a small number stops the kernel at the write through it', () => {
    const { heap, mem, page } = heapWithSinglePage();
    mem.setPtr(page, 0x32);
    assert.throws(
      () => heap.palloc(1),
      (problem) => {
        const { kind, message } = stopOf(problem);
        assert.equal(kind, 'wild');
        assert.match(message, /wild pointer: .*first page/);
        return true;
      },
    );
  });
});
