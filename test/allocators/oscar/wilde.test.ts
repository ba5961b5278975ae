// The worked examples of the public port, as recorded: one region of 4 MiB at 0x10000000, bbuddy of 0.3.1 below.

import assert from 'node:assert/strict';
import { KernelStop } from '../../../src/allocators/kernel';
import { hex } from '../../../src/memory/address';
import { simReader } from '../../../src/memory/reader';
import type { OscarUnderTest } from '../../support/oscar';
import { wilde } from '../../support/oscar';

function stops(run: () => unknown, message: RegExp): void {
  assert.throws(run, (problem) => problem instanceof KernelStop && message.test(problem.message));
}

/** Pointer and canonical address of what a call gave. */
function both(o: OscarUnderTest, p: number): string {
  return `${hex(p)} ${hex(o.canonical(p))}`;
}

describe('oscar wilde: the worked example', () => {
  const o = wilde();
  const { heap } = o;
  let a = 0;
  let b = 0;
  let b2 = 0;
  let e = 0;
  let x = 0;

  it('after addmem the two pages of the first pool are gone', () => {
    assert.equal(o.availmem(), 0x3fb000);
  });

  it('malloc(20): the object ends with its page; two pool pages, three tables and its own are taken', () => {
    a = heap.malloc(20);
    assert.equal(both(o, a), '0x40000000fe8 0x10003fe8');
    assert.equal(o.availmem(), 0x3f5000);
    assert.equal(o.traps(a + 23), false);
    assert.equal(o.traps(a + 24), true);
    assert.equal(o.traps(a - 1), false);
    assert.equal(heap.access!(a, 'read').reaches, 0x10003fe8);
  });

  it('its page has no header of the page layer: what stands at its start is not shown as one', () => {
    const views = o.allocator.inspect(simReader(o.mem), o.decode(), 0x10003fe8n);
    assert.deepEqual(
      views.map((v) => v.type),
      ['mm_alloc_bitmap', 'struct alias', 'page walk of 0x40000000fe8'],
    );
  });

  it('malloc: a second object, a whole page, a page and a byte', () => {
    b = heap.malloc(20);
    assert.equal(both(o, b), '0x40000001fe8 0x1000bfe8');
    assert.equal(both(o, heap.malloc(4096)), '0x40000002000 0x1000c000');
    assert.equal(both(o, heap.malloc(4097)), '0x40000003ff8 0x1000eff8');
  });

  it('page tables, records and ranges stand where the recording has them', () => {
    assert.deepEqual(
      o
        .space()
        .tables.map((t) => `L${t.level} ${hex(t.address)}`)
        .slice(1),
      ['L3 0x10008000', 'L2 0x10009000', 'L1 0x1000a000'],
    );
    assert.equal(o.mem.u64(0x10008000), 0x10009003n);
    assert.equal(o.mem.u64(0x10009000), 0x1000a003n);
    assert.equal(o.mem.u64(0x1000a000), 0x10003003n);
    assert.equal(o.mem.u64(0x1000a008), 0x1000b003n);
    const record = o.space().objects[0]!;
    assert.equal(hex(record.record), '0x10006000');
  });

  it('free: the leaf entry becomes all bits but present, and a read faults', () => {
    heap.free(a);
    assert.equal(o.mem.u64(0x1000a000), 0xfffffffffffffffen);
    assert.deepEqual(heap.access!(a, 'read').errorCode, 0x0);
    assert.deepEqual(heap.access!(a, 'write').errorCode, 0x2);
    assert.deepEqual(heap.access!(a, 'exec').errorCode, 0x10);
    assert.match(heap.access!(a, 'read').text, /0xfffffffffffffffe: revoked/);
  });

  it('malloc after it: the same frame at a new address', () => {
    e = heap.malloc(20);
    assert.equal(both(o, e), '0x40000005fe8 0x10003fe8');
    assert.equal(o.traps(a), true);
  });

  it('free of a freed pointer, and of one inside an object, crashes', () => {
    stops(() => heap.free(a), /^\[shim_free\] invalid free at 0x40000000fe8$/);
    stops(() => heap.free(b + 8), /^\[shim_free\] invalid free at 0x40000001ff0$/);
  });

  it('realloc to the same size: same block, new pointer', () => {
    b2 = heap.realloc(b, 20);
    assert.equal(both(o, b2), '0x40000006fe8 0x1000bfe8');
    assert.equal(o.traps(b), true);
  });

  it('realloc to another size: new block first, then the old one goes; NULL allocates', () => {
    assert.equal(both(o, heap.realloc(b2, 100)), '0x40000007f98 0x1000df98');
    assert.equal(both(o, heap.realloc(0, 64)), '0x40000008fc0 0x1000bfc0');
    assert.equal(both(o, heap.calloc(10, 10)), '0x40000009f98 0x10010f98');
  });

  it('posix_memalign: size must exceed the alignment', () => {
    stops(() => heap.posixMemalign(64, 64), /^size > align$/);
    assert.equal(both(o, o.aligned(64, 65)), '0x4000000af80 0x10011f80');
    assert.equal(both(o, o.aligned(64, 200)), '0x4000000bf00 0x10012f00');
  });

  it('palloc: a shadow aligned to its size leaves a gap, into which the next small object goes', () => {
    const pages = [1, 2, 4].map((n) => heap.palloc(n));
    x = pages[1]!;
    assert.deepEqual(
      pages.map((p) => both(o, p)),
      ['0x4000000c000 0x10013000', '0x4000000e000 0x10014000', '0x40000010000 0x10018000'],
    );
    assert.deepEqual(
      o.space().free.map((r) => hex(r.base)),
      ['0x4000000d000', '0x40000014000'],
    );
    assert.equal(both(o, heap.malloc(8)), '0x4000000dff8 0x10016ff8');
  });

  it('pfree revokes all its pages', () => {
    heap.pfree(x, 2);
    assert.equal(o.traps(x), true);
    assert.equal(o.traps(x + 4096), true);
    stops(
      () => heap.pfree(x, 2),
      /^shim_pfree fills the pages before it frees them: write of 0x4000000e000: page fault, error code 0x2/,
    );
  });

  it('malloc(0) and memalign crash, free(NULL) does nothing', () => {
    stops(() => heap.malloc(0), /^size$/);
    stops(() => heap.memalign(64, 128), /^Does anyone even use this at all\?$/);
    heap.free(0);
  });

  it('realloc(p, 0) crashes with the shadow gone', () => {
    stops(() => heap.realloc(e, 0), /^malloc requested size 0$/);
    assert.equal(o.traps(e), true);
  });

  it('malloc of 1 MiB maps 256 pages; of 4 MiB, out of memory crashes', () => {
    assert.equal(both(o, heap.malloc(0x100000)), '0x40000014000 0x10100000');
    o.kernel.console.take();
    stops(() => heap.malloc(0x400000), /^Couldn't allocate enough memory$/);
    assert.deepEqual(
      o.kernel.console.take().map((l) => l.text),
      ['10000000: Cannot handle palloc request of order 10: Out of memory'],
    );
  });
});

describe('oscar wilde: one object on a fresh heap', () => {
  it('its leaf table goes with it, and comes again', () => {
    const o = wilde();
    const p = o.heap.malloc(20);
    o.heap.free(p);
    assert.equal(o.availmem(), 0x3f7000);
    assert.equal(o.space().tables.filter((t) => t.level === 1).length, 0);
    assert.equal(o.mem.u64(0x10009000), 0n);
    assert.equal(hex(o.heap.malloc(20)), '0x40000001fe8');
    assert.equal(o.canonical(0x40000001fe8), 0x10003fe8);
    assert.equal(o.availmem(), 0x3f5000);
  });
});

describe('oscar wilde: options', () => {
  const results = (config: Record<string, string>): string[] => {
    const { heap } = wilde(config);
    const given = [heap.malloc(20), heap.malloc(20), heap.malloc(8192)];
    heap.free(given[1]!);
    given.push(heap.malloc(20), heap.palloc(2), heap.malloc(20), heap.palloc(4), heap.malloc(20));
    return given.map((p) => hex(p));
  };

  it('SHAUN keeps a page behind each shadow, and drops a leftover page', () => {
    assert.deepEqual(results({ CONFIG_LIBWILDE_SHAUN: 'y' }), [
      '0x40000000fe8', '0x40000002fe8', '0x40000004000', '0x40000007fe8', '0x4000000a000', '0x4000000dfe8', '0x40000010000', '0x40000015fe8',
    ]); // prettier-ignore
  });

  it('BLACKSHEEP keeps as many as the shadow has, and one', () => {
    assert.deepEqual(results({ CONFIG_LIBWILDE_SHAUN: 'y', CONFIG_LIBWILDE_BLACKSHEEP: 'y' }), [
      '0x40000000fe8', '0x40000003fe8', '0x40000006000', '0x4000000bfe8', '0x4000000e000', '0x40000013fe8', '0x40000018000', '0x40000021fe8',
    ]); // prettier-ignore
  });

  it('without KELLOGS objects lie where the canonical malloc puts them', () => {
    assert.deepEqual(results({ CONFIG_LIBWILDE_KELLOGS: 'n' }), [
      '0x40000000008', '0x40000001008', '0x40000002008', '0x40000005008', '0x40000006000', '0x40000008008', '0x4000000c000', '0x40000009008',
    ]); // prettier-ignore
  });

  it('NX: execution traps, reading does not, and the frame is read without the bit', () => {
    const o = wilde({ CONFIG_LIBWILDE_NX: 'y' });
    const p = o.heap.malloc(20);
    assert.equal(o.heap.access!(p, 'read').reaches, 0x10003fe8);
    assert.equal(o.heap.access!(p, 'exec').errorCode, 0x11);
    assert.equal(o.space().walk(BigInt(p)).reaches, 0x10003fe8n);
    assert.equal(o.mem.u64(0x1000a000), 0x8000000010003003n);
    o.heap.free(p);
    assert.equal(o.traps(p), true);
  });

  it('INIT_MEMORY_VALUE fills new memory, but not what calloc and realloc give', () => {
    const o = wilde({ CONFIG_LIBWILDE_INIT_MEMORY_VALUE: '0xa5' });
    assert.equal(o.mem.u8(o.canonical(o.heap.malloc(20)) + 19), 0xa5);
    assert.equal(o.mem.u8(o.canonical(o.heap.calloc(4, 5))), 0);
    assert.equal(o.mem.u8(o.canonical(o.heap.realloc(0, 20))), 0);
  });

  it('ALLOC_DEBUG prints each call', () => {
    const o = wilde({ CONFIG_LIBWILDE_ALLOC_DEBUG: 'y' });
    o.kernel.console.take();
    o.heap.free(o.heap.malloc(20));
    assert.deepEqual(
      o.kernel.console.take().map((l) => l.text),
      [
        '[shim_malloc]        malloc(size=20) => 0x40000000fe8 [real=0x10003fe8]',
        '[shim_free]          free(ptr=0x40000000fe8) => 0 [real_addr=0x10003fe8, size=20]',
      ],
    );
  });
});

describe('oscar wilde: what runs out', () => {
  it('shadow addresses: the port says so and crashes', () => {
    const o = wilde({ CONFIG_LIBOSCAR_SHADOW_PAGES: '2' });
    o.heap.free(o.heap.malloc(20));
    o.heap.malloc(20);
    stops(() => o.heap.malloc(20), /^!uk_list_empty\(&vmem_free\)$/);
    const wide = wilde({ CONFIG_LIBOSCAR_SHADOW_PAGES: '3' });
    wide.heap.malloc(20);
    wide.kernel.console.take();
    stops(() => wide.heap.malloc(12288), /^My life is over$/);
    assert.deepEqual(
      wide.kernel.console.take().map((l) => l.text),
      ["couldn't alloc virtual memory chunk of ", '12Kb', ' aligned to a size of ', '4Kb'],
    );
  });

  it('canonical addresses from 1 GiB on fail the identity map', () => {
    const o = wilde();
    assert.equal(o.heap.access!(0x10003000, 'write').reaches, 0x10003000);
    assert.equal(o.traps(0x40000000), true);
    const high = wilde({}, 0x400000, 0x40000000);
    stops(() => high.heap.malloc(20), /^\(uintptr_t\)from < \(1 \* GB\)$/);
    const paged = wilde({ CONFIG_PAGING: 'y' }, 0x400000, 0x400000000);
    assert.equal(paged.heap.access!(paged.heap.malloc(20), 'read').reaches, 0x400003fe8);
  });

  it('calloc multiplies without a check: 2^61 times 8 is 0, which crashes', () => {
    stops(() => wilde().heap.calloc(2n ** 61n, 8), /^malloc requested size 0$/);
  });

  it('sizes that wrap ask for an order that no allocator has', () => {
    const o = wilde();
    o.kernel.console.take();
    stops(() => o.heap.malloc(2n ** 64n - 1n), /^Couldn't allocate enough memory$/);
    assert.match(o.kernel.console.take()[0]!.text, /order 52/);
  });

  it('204 live objects share one pool of records; the next takes another', () => {
    const o = wilde();
    for (let i = 0; i < 204; i++) o.heap.malloc(20);
    const before = o.availmem();
    o.heap.malloc(20);
    assert.equal(before - o.availmem(), 3 * 4096);
  });
});
