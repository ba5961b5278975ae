// Oscar heaps for tests: the port on the region of its recordings, and the paper's scheme over the stub of the worked examples.

import { Kernel } from '../../src/allocators/kernel';
import { allocatorFor } from '../../src/allocators/registry';
import type { Allocator, AllocatorOptions, Heap, Size } from '../../src/allocators/ukalloc';
import { oscarOver } from '../../src/allocators/oscar';
import { Statics } from '../../src/allocators/oscar/layout';
import { tinyalloc } from '../../src/allocators/tinyalloc';
import { toBigInt } from '../../src/memory/address';
import { simReader } from '../../src/memory/reader';
import { SimMemory } from '../../src/memory/sim-memory';
import type { Config } from '../../src/regions/release';
import type { ShadowSpace } from '../../src/snapshot/shadow';
import { BlockBuilder, BlockTable } from '../../src/snapshot/blocks';
import { metricsOf } from '../../src/snapshot/metrics';
import type { HeapSnapshot } from '../../src/snapshot/snapshot';

export const BASE = 0x10000000;
export const LENGTH = 0x400000;

/** An Oscar heap with what a test asks of it. */
export class OscarUnderTest {
  readonly kernel: Kernel;
  readonly mem: SimMemory;
  readonly allocator: Allocator;
  readonly options: AllocatorOptions;
  readonly heap: Heap;

  constructor(allocator: Allocator, config: Config, length = LENGTH, base = BASE) {
    this.mem = new SimMemory(base, length);
    this.kernel = new Kernel(this.mem);
    this.allocator = allocator;
    this.options = { release: '0.3.1', arch: 'x86_64', config };
    this.heap = allocator.init(this.kernel, base, length, this.options)!;
  }

  decode(): HeapSnapshot {
    return this.allocator.decode(simReader(this.mem), toBigInt(this.heap.address), this.options);
  }

  space(): ShadowSpace {
    return this.decode().details as ShadowSpace;
  }

  canonical(p: number): number {
    return this.heap.direct!.wilde_map_get!(p);
  }

  /** Does a read of the byte at `p` trap? */
  traps(p: number): boolean {
    return this.heap.access!(p, 'read').reaches === undefined;
  }

  /** The shadow that posix_memalign gives. */
  aligned(align: number, size: number): number {
    if (this.heap.posixMemalign(align, size) !== 0) throw new Error('posix_memalign failed');
    return this.heap.memptr!;
  }

  availmem(): number {
    return Number(this.decode().state.availmem);
  }

  /** Address of a value of ours where the recording had its .bss: lookup[], the heads of the pools and of the free ranges. */
  relocated(value: bigint): bigint {
    for (const [ours, theirs, length] of [
      [Statics.lookup, 0x4091a0n, 0x20000n],
      [Statics.afreelist, 0x409100n, 16n],
      [Statics.freelist, 0x409110n, 16n],
      [Statics.vmem_free, 0x409140n, 16n],
    ] as const) {
      const base = toBigInt(ours);
      if (value >= base && value < base + length) return value - base + theirs;
    }
    return value;
  }
}

export function wilde(config: Config = {}, length = LENGTH, base = BASE): OscarUnderTest {
  return new OscarUnderTest(allocatorFor('oscar')!, config, length, base);
}

/** The calls that led to the recorded dump, in a build with statistics as the recording was. */
export function dumpedHeap(): OscarUnderTest {
  const made = wilde({ CONFIG_LIBUKALLOC_IFSTATS: 'y' });
  const { heap } = made;
  const a = heap.malloc(20);
  heap.malloc(20);
  const c = heap.malloc(4096);
  heap.malloc(4097);
  heap.free(a);
  heap.malloc(20);
  heap.free(c);
  return made;
}

/** The paper's scheme over the stub, whose blocks begin at BASE. */
export function paper(config: Config = {}, length = LENGTH): OscarUnderTest {
  return new OscarUnderTest(oscarOver([stub]), { CONFIG_LIBOSCAR_PAPER: 'y', ...config }, length);
}

const STUB = -(2 ** 43);
const CLASSES = 4096;

/**
 * The canonical allocator of the worked examples: a bump pointer, blocks of `roundup(max(request, 16), 16)`, a LIFO list of free blocks a
 * size, realloc in place while the block size stays. Its words lie outside the heap, so that the first block is at its base.
 *
 *   STUB  +0 bump pointer, +8 end, +16 list heads; a record of 16 bytes a block at STUB + 2^20 + (block − base): size, next free
 */
class Stub implements Heap {
  readonly address = STUB;
  memptr: number | undefined;
  private readonly mem: SimMemory;

  constructor(kernel: Kernel) {
    this.mem = kernel.mem;
  }

  malloc(size: Size): number {
    const bytes = Math.ceil(Math.max(Number(size), 16) / 16) * 16;
    const head = STUB + 16 + 8 * (bytes / 16);
    const free = bytes / 16 < CLASSES ? this.mem.ptr(head) : 0;
    if (free !== 0) {
      this.mem.setPtr(head, this.mem.ptr(this.record(free) + 8));
      return free;
    }
    return this.bump(this.mem.ptr(STUB), bytes);
  }

  private bump(block: number, bytes: number): number {
    if (bytes < 0 || block + bytes > this.mem.ptr(STUB + 8)) return 0;
    this.mem.setPtr(STUB, block + bytes);
    this.mem.setPtr(this.record(block), bytes);
    return block;
  }

  private record(block: number): number {
    return STUB + 2 ** 20 + (block - BASE);
  }

  free(p: number): void {
    const bytes = this.mem.ptr(this.record(p));
    const head = STUB + 16 + 8 * (bytes / 16);
    this.mem.setPtr(this.record(p) + 8, this.mem.ptr(head));
    this.mem.setPtr(head, p);
  }

  realloc(p: number, size: Size): number {
    const old = this.mem.ptr(this.record(p));
    if (Math.ceil(Math.max(Number(size), 16) / 16) * 16 === old) return p;
    const q = this.malloc(size);
    if (q === 0) return 0;
    this.mem.copy(q, p, Math.min(old, Number(size)));
    this.free(p);
    return q;
  }

  memalign(align: Size, size: Size): number {
    const block = Math.ceil(this.mem.ptr(STUB) / Number(align)) * Number(align);
    return this.bump(block, Math.ceil(Math.max(Number(size), 16) / 16) * 16);
  }

  calloc(nmemb: Size, size: Size): number {
    return this.malloc(Number(nmemb) * Number(size));
  }

  posixMemalign(align: Size, size: Size): number {
    this.memptr = this.memalign(align, size);
    return 0;
  }

  palloc(pages: Size): number {
    return this.memalign(4096, Number(pages) * 4096);
  }

  pfree(p: number): void {
    this.free(p);
  }

  addmem(): number {
    return -1;
  }

  availmem(): number {
    return this.mem.ptr(STUB + 8) - this.mem.ptr(STUB);
  }

  maxalloc(): number {
    return this.availmem();
  }

  pavailmem(): number {
    return Math.floor(this.availmem() / 4096);
  }

  pmaxalloc(): number {
    return this.pavailmem();
  }
}

const stub: Allocator = {
  id: 'tinyalloc',
  title: 'stub',
  library: 'test',
  options: [],
  profile: () => 'stub',
  addmem: () => 'absent',
  init: (kernel, base, len) => {
    kernel.mem.setPtr(STUB, base);
    kernel.mem.setPtr(STUB + 8, base + len);
    return new Stub(kernel);
  },
  attach: (kernel) => new Stub(kernel),
  recognise: () => undefined,
  decode: (reader, heap, { release }) => {
    const blocks = new BlockBuilder();
    const end = reader.u64(heap)!;
    if (end > BigInt(BASE)) blocks.add(BigInt(BASE), Number(end - BigInt(BASE)), 'used');
    const table = BlockTable.of(blocks);
    return {
      allocator: 'tinyalloc',
      release,
      profile: 'stub',
      heap,
      areas: [{ base: BigInt(BASE), end, by: 'init' }],
      blocks: table,
      lists: [],
      structs: [],
      state: {},
      metrics: metricsOf(table, 0, []),
      findings: [],
      absent: reader.absent,
    };
  },
  reasons: tinyalloc.reasons,
  inspect: () => [],
};
