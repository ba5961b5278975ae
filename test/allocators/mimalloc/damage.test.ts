// Heaps that are damaged on purpose: each kind is named where it is, nothing wild is followed, and the decoder always ends.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mimalloc } from '../../../src/allocators/mimalloc';
import { inspect } from '../../../src/allocators/mimalloc/inspect';
import { HeapStruct, MemRegion, Page, Queue, Segment, Tld } from '../../../src/allocators/mimalloc/layout';
import { Statics } from '../../../src/allocators/mimalloc/statics';
import { toBigInt } from '../../../src/memory/address';
import { readerOver, simReader } from '../../../src/memory/reader';
import type { SimMemory } from '../../../src/memory/sim-memory';
import type { Finding } from '../../../src/snapshot/snapshot';
import { codes, decode, details, errors, MIB, OPTIONS, readyHeap, type TestHeap } from './heaps';

const SMALL = 0x1040_0000;
/** Descriptors of the pages that serve 32 B and 1000 B. */
const page = (index: number): number => SMALL + Segment.pages + index * Page.size;
const queue = (bin: number): number => Statics._mi_heap_main + HeapStruct.pages + bin * Queue.size;

/** Two pages with free and freed blocks, and one of each other kind. */
function busyHeap(): TestHeap {
  const made = readyHeap(600 * MIB);
  const small = Array.from({ length: 10 }, () => made.heap.malloc(32));
  const kilo = Array.from({ length: 3 }, () => made.heap.malloc(1000));
  for (const p of [small[2]!, small[5]!, kilo[1]!]) made.heap.free(p);
  for (const size of [20_000, 300_000, 3 * MIB]) made.heap.malloc(size);
  return made;
}

interface Damage {
  readonly what: string;
  readonly code: string;
  /** Where the finding must be. */
  readonly at: number;
  readonly message: RegExp;
  readonly make: (mem: SimMemory) => void;
}

const blocks0 = SMALL + 0x1100;
const blocks1 = SMALL + 0x1_0000;

const DAMAGES: readonly Damage[] = [
  {
    what: 'a free list that leaves its page',
    code: 'list-leaves-page',
    at: blocks0 + 32 * 20,
    message: /links to 0x12345678, outside of the page's blocks 0x10401100 – 0x10410000/,
    make: (mem) => mem.setPtr(blocks0 + 32 * 20, 0x1234_5678),
  },
  {
    what: 'a head that leads nowhere',
    code: 'list-leaves-page',
    at: page(1),
    message: /its head is 0x8/,
    make: (mem) => mem.setPtr(page(1) + Page.free, 8),
  },
  {
    what: 'a link between two blocks',
    code: 'list-misaligned',
    at: blocks0 + 32 * 20,
    message: /no start of a block of 32 B/,
    make: (mem) => mem.setPtr(blocks0 + 32 * 20, blocks0 + 32 * 21 + 8),
  },
  {
    what: 'a link to a block that was never linked',
    code: 'list-beyond-capacity',
    at: blocks0 + 32 * 20,
    message: /block 500 of a page that has linked only 128/,
    make: (mem) => mem.setPtr(blocks0 + 32 * 20, blocks0 + 32 * 500),
  },
  {
    what: 'a cycle in a free list',
    code: 'list-cycle',
    at: blocks0 + 32 * 20,
    message: /a cycle/,
    make: (mem) => mem.setPtr(blocks0 + 32 * 20, blocks0 + 32 * 15),
  },
  {
    what: 'a block on both lists',
    code: 'list-shared',
    at: page(0),
    message: /on the other list too/,
    make: (mem) => mem.setPtr(page(0) + Page.local_free, blocks0 + 32 * 30),
  },
  {
    what: 'a used count that disagrees',
    code: 'used-count',
    at: page(0),
    message: /used is 9, but of 128 blocks 120 are on its free lists/,
    make: (mem) => mem.setU32(page(0) + Page.used, 9),
  },
  {
    what: 'a used count below zero',
    code: 'used-count',
    at: page(0),
    message: /used is -1/,
    make: (mem) => mem.setU32(page(0) + Page.used, 0xffff_ffff),
  },
  {
    what: 'a page with more linked blocks than fit',
    code: 'bad-page',
    at: page(1),
    message: /capacity 65535 is more than reserved 64/,
    make: (mem) => mem.setU32(page(1), (mem.u32(page(1)) & 0xffff) | 0xffff_0000),
  },
  {
    what: 'a block size that is no class',
    code: 'bad-page',
    at: page(1),
    message: /block size 1000 is none of a size class/,
    make: (mem) => mem.setU32(page(1) + Page.xblock_size, 1000),
  },
  {
    what: 'a block size of another page kind',
    code: 'bad-page',
    at: page(1),
    message: /blocks of 20480 B belong to medium pages, this segment has small ones/,
    make: (mem) => mem.setU32(page(1) + Page.xblock_size, 20480),
  },
  {
    what: 'a queue with a page of another bin',
    code: 'queue-other-bin',
    at: page(1),
    message: /pages\[4\]: page 0x104000b8 has blocks of 1024 B, which belong to bin 24/,
    make: (mem) => {
      mem.setPtr(page(0) + Page.next, page(1));
      mem.setPtr(page(1) + Page.prev, page(0));
      mem.setPtr(queue(4) + Queue.last, page(1));
      mem.setPtr(queue(24) + Queue.first, 0);
      mem.setPtr(queue(24) + Queue.last, 0);
    },
  },
  {
    what: 'a queue that leads out of every segment',
    code: 'queue-wild',
    at: queue(4),
    message: /begins with 0xdeadbeef0/,
    make: (mem) => mem.setPtr(queue(4) + Queue.first, 0xdead_beef_0),
  },
  {
    what: 'a queue that is a ring',
    code: 'queue-cycle',
    at: page(0),
    message: /a cycle/,
    make: (mem) => mem.setPtr(page(0) + Page.next, page(0)),
  },
  {
    what: 'a queue whose back link is wrong',
    code: 'queue-link',
    at: page(0),
    message: /prev of page 0x10400078 is 0x10400138/,
    make: (mem) => mem.setPtr(page(0) + Page.prev, page(3)),
  },
  {
    what: 'a page in use that no queue has',
    code: 'page-not-queued',
    at: page(1),
    message: /is in use, but in no queue/,
    make: (mem) => {
      mem.setPtr(queue(24) + Queue.first, 0);
      mem.setPtr(queue(24) + Queue.last, 0);
    },
  },
  {
    what: 'a direct entry that leads to another page',
    code: 'direct-mismatch',
    at: Statics._mi_heap_main + HeapStruct.pages_free_direct + 8 * 4,
    message: /pages_free_direct\[4\] is 0x104000b8, but pages\[4\]/,
    make: (mem) => mem.setPtr(Statics._mi_heap_main + HeapStruct.pages_free_direct + 8 * 4, page(1)),
  },
  {
    what: 'a segment of no kind',
    code: 'bad-segment',
    at: SMALL + Segment.page_kind,
    message: /page_kind 7/,
    make: (mem) => mem.setU32(SMALL + Segment.page_kind, 7),
  },
  {
    what: 'a segment with a wrong capacity',
    code: 'bad-segment',
    at: SMALL + Segment.capacity,
    message: /capacity is 65, a small segment has 64/,
    make: (mem) => mem.setPtr(SMALL + Segment.capacity, 65),
  },
  {
    what: 'a segment whose used count disagrees',
    code: 'segment-count',
    at: SMALL + Segment.used,
    message: /used is 5, but 2 pages are marked in use/,
    make: (mem) => mem.setPtr(SMALL + Segment.used, 5),
  },
  {
    what: 'a segment that its queue has lost',
    code: 'segment-queue',
    at: SMALL,
    message: /not in small_free/,
    make: (mem) => mem.setPtr(Statics.tld_main + Tld.small_free, 0),
  },
  {
    what: 'something freed into a page that was given back',
    code: 'free-into-free-page',
    at: page(5),
    message: /a double free/,
    make: (mem) => mem.setPtr(page(5) + Page.local_free, SMALL + 0x5_0000),
  },
  {
    what: 'region bits that are clear where a segment is',
    code: 'region-bits',
    at: SMALL,
    message: /will be handed out again/,
    make: (mem) => mem.setPtr(Statics.regions + MemRegion.in_use, 0b1110),
  },
  {
    what: 'region bits that are set where nothing is',
    code: 'region-bits',
    at: SMALL + 40 * 4 * MIB,
    message: /no segment/,
    make: (mem) => mem.setU64(Statics.regions + MemRegion.in_use, mem.u64(Statics.regions + MemRegion.in_use) | (1n << 40n)),
  },
  {
    what: 'a bump pointer outside of the heap',
    code: 'wild-pointer',
    at: 0x11e000 + 0x1070,
    message: /do not lie in this order/,
    make: (mem) => mem.setPtr(0x11e000 + 0x1078, 8),
  },
];

describe('mimalloc: damaged heaps', () => {
  it('the heap that is damaged here has nothing wrong with it', () => assert.deepEqual(errors(decode(busyHeap())), []));

  for (const { what, code, at, message, make } of DAMAGES) {
    it(`${what}: ${code}`, () => {
      const made = busyHeap();
      make(made.kernel.mem);
      const snapshot = decode(made);
      const found = errors(snapshot).filter((f) => f.code === code);
      const match = (f: Finding): boolean => f.address === toBigInt(at) && message.test(f.message);
      assert.ok(
        found.some(match),
        JSON.stringify(errors(snapshot), (_, v: unknown) => (typeof v === 'bigint' ? `0x${v.toString(16)}` : v)),
      );
    });
  }

  it('a double free of a lone block is told as a cycle or a wrong count', () => {
    const made = readyHeap(600 * MIB);
    const [p] = [made.heap.malloc(32), made.heap.malloc(32), made.heap.malloc(32)];
    made.heap.free(p);
    made.heap.free(p);
    const found = codes(decode(made));
    assert.ok(found.includes('list-cycle'), found.join());
  });

  it('a page table that the dump cuts off: named, and the rest of it is read', () => {
    const made = busyHeap();
    const { mem } = made.kernel;
    const cut = toBigInt(SMALL + 0x1000); // the dump ends within the header of the first segment
    const reader = readerOver((a, length) => {
      const [base, end] = [cut, cut + 0x1000n];
      if (a >= base && a < end) return undefined;
      return mem.bytes(Number(BigInt.asIntN(64, a)), a < base && a + BigInt(length) > base ? Number(base - a) : length);
    });
    const snapshot = mimalloc.decode(reader, toBigInt(made.heap.address), OPTIONS);
    const found = snapshot.findings.find((f) => f.code === 'page-table-cut');
    assert.match(found!.message, /from page 62 of 64 on/);
    assert.equal(details(snapshot).segments[0]!.pages.length, 62);
    assert.equal(details(snapshot).segments.length, 4);
    assert.ok(snapshot.findings.some((f) => f.code === 'absent'));
  });

  it('whatever bytes change, the decoder ends and says no block twice', () => {
    const made = busyHeap();
    const { mem } = made.kernel;
    const places = [
      [SMALL, 0x1100],
      [SMALL + 0x40_0000, 0x300],
      [SMALL + 0x80_0000, 0x100],
      [blocks0, 512],
      [blocks1, 4096],
      [Statics._mi_heap_main, HeapStruct.size],
      [Statics.tld_main, Tld.size],
      [Statics.regions, 128],
      [0x11e000, 0x1080],
    ] as const;
    const change = fc.record({
      place: fc.nat({ max: places.length - 1 }),
      at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      value: fc.oneof(
        fc.constantFrom(0n, 1n, 0xffff_ffff_ffff_ffffn, BigInt(SMALL), BigInt(SMALL + 8), BigInt(page(1)), BigInt(blocks0)),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      ),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const old: [number, bigint][] = [];
        for (const { place, at, value } of changes) {
          const [base, length] = places[place]!;
          const address = base + Math.floor((at * length) / 8) * 8;
          old.push([address, mem.u64(address)]);
          mem.setU64(address, value);
        }
        try {
          const snapshot = mimalloc.decode(simReader(mem), toBigInt(made.heap.address), OPTIONS);
          const { segments } = details(snapshot);
          for (const s of segments) {
            for (const p of s.pages) {
              const listed = [...p.free, ...p.localFree];
              assert.equal(new Set(listed).size, listed.length);
            }
            inspect(simReader(mem), snapshot, s.address + 0x1100n);
          }
        } finally {
          for (const [address, value] of old.reverse()) mem.setU64(address, value);
        }
      }),
      { seed: 161, numRuns: 300 },
    );
  });

  it('random memory without symbols: ends, and finds no segment', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 0, max: 0xffff_ffff })), (stream) => {
        const reader = readerOver((a, length) => {
          if (a >= 0x1000_0000n) return undefined;
          const out = new Uint8Array(length);
          const view = new DataView(out.buffer);
          for (let i = 0; i + 4 <= length; i += 4) view.setUint32(i, stream.next().value as number, true);
          return out;
        });
        const snapshot = mimalloc.decode(reader, 0x20_0000n, OPTIONS);
        assert.deepEqual(details(snapshot).segments, []);
      }),
      { seed: 5, numRuns: 20 },
    );
  });
});
