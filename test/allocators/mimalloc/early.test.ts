// The start: early mode on the region allocator, which calls make the switch, and what early memory must not be used for.

import assert from 'node:assert/strict';
import { Kernel, KernelStop } from '../../../src/allocators/kernel';
import { codeAddress } from '../../../src/allocators/layers/struct';
import { mimalloc } from '../../../src/allocators/mimalloc';
import { init } from '../../../src/allocators/mimalloc/simulator';
import { kindOfStep } from '../../../src/memory/steps';
import { SimMemory } from '../../../src/memory/sim-memory';
import { BASE, codes, debugLines, decode, details, earlyHeap, MIB, OPTIONS, readyHeap, type TestHeap } from './heaps';

const isReady = (h: TestHeap): boolean => details(decode(h)).mode === 'ready';

describe('mimalloc: init', () => {
  const kernelFor = (): Kernel => new Kernel(new SimMemory(BASE, MIB));

  for (const len of [0, 0x800, 0x1000]) {
    it(`a region of ${len} bytes is refused without a word`, () => {
      const kernel = kernelFor();
      assert.equal(init(kernel, BASE, len, OPTIONS), undefined);
      assert.deepEqual(kernel.console.take(), []);
    });
  }

  it('two pages: there is a handle, but no region allocator, and every malloc gives NULL', () => {
    const made = readyHeap(0x2000);
    made.heap.direct.early(1);
    assert.equal(made.heap.malloc(1), 0);
    assert.equal(made.heap.posixMemalign(64, 100), 12);
    assert.throws(() => made.heap.free(0), KernelStop);
    assert.deepEqual(codes(decode(made)), ['no-region']);
  });

  it('a second instance is refused, with a message, and the first stays', () => {
    const { kernel, heap } = earlyHeap(MIB);
    assert.equal(init(kernel, BASE + 0x2_0000, 0x2_0000, OPTIONS), undefined);
    assert.match(kernel.console.take()[0]!.text, /already initialized \(max number of instances: 1\)/);
    assert.equal(heap.malloc(8), BASE + 0x1080);
  });

  it('less than 256 MiB: the message says so, and it goes on', () => {
    const kernel = kernelFor();
    assert.ok(init(kernel, BASE, MIB, OPTIONS));
    assert.deepEqual(
      kernel.console.take().map((l) => `${l.level} ${l.text}`),
      [
        'err Not enough space to allocate arena: 268435456 bytes required but only 1048576 bytes usable',
        'info Initialize mimalloc allocator (early boot time mode) @ 0x11e000, len 1048576',
        'info Initialize allocregion allocator @ 0x11f000, len 1044480',
      ],
    );
  });

  it('releases: the port fits 0.6 to 0.10; from 0.20 on there is nothing to sit on', () => {
    assert.equal(mimalloc.profile('0.5.0'), undefined);
    assert.equal(mimalloc.profile('0.10.0'), 'M161');
    assert.match(mimalloc.profile('0.17.0')!, /patched/);
    assert.equal(mimalloc.profile('0.20.0'), undefined);
  });
});

describe('mimalloc: early mode', () => {
  it('everything comes off the bump pointer, and free gives nothing back', () => {
    const made = earlyHeap(64 * MIB);
    const { heap } = made;
    const p = heap.malloc(13);
    heap.free(p);
    assert.equal(heap.malloc(8), p + 16);
    const snapshot = decode(made);
    assert.deepEqual(snapshot.state, { mode: 'early', region: { heap_base: '0x11f098', heap_top: '0x411e000' } });
    assert.equal(details(snapshot).mode, 'early');
  });

  it('realloc reads past a smaller object, as the compat function does', () => {
    const { heap, kernel } = earlyHeap(MIB);
    const p = heap.malloc(8);
    kernel.mem.setPtr(p + 8, 0x1234); // not p's, but behind it
    const q = heap.realloc(p, 16);
    assert.equal(kernel.mem.ptr(q + 8), 0x1234);
  });

  it('calloc with size 0 divides by zero', () => {
    const { heap } = earlyHeap(MIB);
    assert.throws(() => heap.calloc(4, 0), /division by zero/);
  });

  it('an alignment that is no power of two, or no multiple of 8, is an assertion', () => {
    const { heap } = earlyHeap(MIB);
    for (const align of [24, 4]) assert.throws(() => heap.posixMemalign(align, 8), KernelStop);
  });
});

describe('mimalloc: the switch', () => {
  const calls: readonly (readonly [what: string, call: (h: TestHeap['heap']) => unknown, switches: boolean])[] = [
    ['malloc', (h) => h.malloc(8), true],
    ['calloc', (h) => h.calloc(1, 8), true],
    ['realloc of NULL', (h) => h.realloc(0, 8), true],
    ['memalign', (h) => h.memalign(64, 8), false],
    ['posix_memalign', (h) => h.posixMemalign(64, 8), false],
    ['palloc', (h) => h.palloc(1), false],
    ['free', (h) => h.free(0), false],
  ];
  for (const [what, call, switches] of calls) {
    it(`${what} ${switches ? 'makes' : 'does not make'} it once the thread is ready`, () => {
      const made = readyHeap(600 * MIB);
      call(made.heap);
      assert.equal(isReady(made), switches);
    });
    it(`${what} does not make it before`, () => {
      const made = earlyHeap(600 * MIB);
      call(made.heap);
      assert.equal(isReady(made), false);
    });
  }

  it('rebinds six functions of the struct uk_alloc, and leaves palloc and pfree', () => {
    const { heap, kernel } = readyHeap(600 * MIB);
    heap.malloc(8);
    const at = (offset: number): number => kernel.mem.ptr(BASE + offset);
    assert.deepEqual(
      [0, 8, 16, 24, 32, 40].map(at),
      ['malloc', 'calloc', 'realloc', 'posix_memalign', 'memalign', 'free'].map((n) => codeAddress(`uk_mimalloc_${n}`)),
    );
    assert.deepEqual([48, 56].map(at), ['uk_palloc_compat', 'uk_pfree_compat'].map(codeAddress));
  });

  it('its steps say what each request to the region allocator is for', () => {
    const { heap, kernel } = readyHeap(600 * MIB);
    const { journal } = kernel.mem;
    journal.on = true;
    heap.malloc(32);
    const texts = Array.from({ length: journal.marks }, (_, m) => {
      const [a, b, c, d] = journal.argsOf(m) as [number, number, number, number];
      return kindOfStep(journal.kindOf(m)).text(a, b, c, d);
    });
    const wanted = [
      'the thread is ready: leave early mode',
      'ask the region allocator for 256 MiB: a mem region of 64 blocks',
      '0x11f080 is not 4 MiB-aligned: its 256 MiB are lost, and 4 MiB more are asked for to align inside',
      'ask the region allocator for 260 MiB: the mem region again, with room to align it',
      'regions[0] = 256 MiB from 0x10400000, 64 blocks of 4 MiB',
      'new small segment at 0x10400000, 4096 KiB: write header and page descriptors',
      'link 128 more blocks of page 0x10400078: capacity 128 of 1912',
    ];
    assert.deepEqual(
      texts.filter((t) => wanted.includes(t)),
      wanted,
    );
  });
});

describe('mimalloc: early memory after the switch', () => {
  for (const what of ['free', 'realloc'] as const) {
    it(`${what} of it would read a segment header where none is: the simulation stops, and memory stays as it was`, () => {
      const made = readyHeap(600 * MIB);
      made.heap.direct.early(1);
      const early = made.heap.malloc(100);
      made.heap.direct.early(0);
      made.heap.malloc(8);
      const before = decode(made).state;
      const call = (): unknown => (what === 'free' ? made.heap.free(early) : made.heap.realloc(early, 200));
      assert.throws(
        call,
        (problem) => problem instanceof KernelStop && problem.kind === 'wild' && /0x11f080/.test(problem.message),
      );
      assert.deepEqual(decode(made).state, before);
    });
  }

  it('is named in the findings', () => {
    const made = readyHeap(600 * MIB);
    made.heap.direct.early(1);
    made.heap.malloc(5000);
    made.heap.direct.early(0);
    made.heap.malloc(8);
    const found = decode(made).findings.find((f) => f.code === 'early-objects');
    assert.match(found!.message, /4\.9 KiB below 0x120408/);
    assert.deepEqual(details(decode(made)).early, { base: 0x11_f080n, end: 0x12_0408n });
  });

  it('the OS layer goes on asking it, with its debug lines', () => {
    const made = readyHeap(600 * MIB);
    made.heap.malloc(8);
    debugLines(made);
    made.heap.malloc(300 * MIB);
    assert.deepEqual(debugLines(made), ['allocating 318767104 from region allocator']);
  });
});
