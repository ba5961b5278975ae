// lib-tinyalloc: the glue between the library and ukalloc.

import { hex, hexDigits, PAGE_SIZE, unsignedLess } from '../../memory/address';
import { KernelStop, type Kernel } from '../kernel';
import { unsigned } from '../layers/base';
import { MallocAlloc } from '../layers/ifmalloc';
import type { AllocatorOptions, Size } from '../ukalloc';
import { Descriptors } from './allocator';
import { Tinyalloc } from './layout';
import { tinyallocConfig } from './profiles';
import { STEP_ZERO } from './steps';

export const LIB = 'libtinyalloc';

/** The record that the ukalloc layer writes at the start of every block. */
const RECORD = 16;

export class TinyallocHeap extends MallocAlloc {
  private readonly ta: Descriptors;

  constructor(kernel: Kernel, address: number, options: AllocatorOptions) {
    super(kernel, address, options);
    this.ta = new Descriptors(kernel.mem, this.priv, tinyallocConfig(options.config));
  }

  /** What the glue does after its checks. It cannot fail, whatever fits. */
  setUp(len: number): void {
    const { mem, address, priv } = this;
    mem.journal.mark(STEP_ZERO, address, priv + Tinyalloc.size - address);
    mem.fill(address, priv + Tinyalloc.size, 0);
    this.kernel.print('info', LIB, `Initialize tinyalloc allocator @ ${hex(address)}, len ${String(unsigned(len))}`);
    this.ta.ta_init(address + len);
    this.registerBackend({ malloc: 'uk_tinyalloc_malloc', free: 'uk_tinyalloc_free' });
  }

  /** Bytes of the struct uk_alloc and the struct tinyalloc. */
  get structSize(): number {
    return this.priv + Tinyalloc.size - this.address;
  }

  /** The block, whose first 16 bytes the layer above writes at once. Only a request that wrapped can lead out of the region. */
  protected backendMalloc(real: Size): number {
    const p = this.ta.ta_alloc(real);
    if (p === 0) return p;
    const limit = this.mem.ptr(this.priv + Tinyalloc.heap_limit);
    if (unsignedLess(p, this.address) || unsignedLess(limit, p + RECORD))
      throw new KernelStop(
        'wild',
        `the block ${hex(p)} lies outside the region up to ${hex(limit)}: its record would be written to foreign memory`,
      );
    return p;
  }

  protected backendFree(q: number): void {
    this.ta.ta_free(q);
  }
}

/** A heap over bytes that hold one already. */
export function attach(kernel: Kernel, address: number, options: AllocatorOptions): TinyallocHeap {
  return new TinyallocHeap(kernel, address, options);
}

/** `uk_tinyalloc_init(base, len)`. @returns undefined for NULL: a region of one page or less is refused, silently */
export function init(kernel: Kernel, base: number, len: number, options: AllocatorOptions): TinyallocHeap | undefined {
  if (len >= 0 && len <= PAGE_SIZE) return undefined; // a negative number is a huge length
  const heap = attach(kernel, base, options);
  if (len >= 0 && len < heap.structSize) {
    const text = `Not enough space for allocator: ${String(heap.structSize)} B required but only ${hexDigits(len)} B usable`;
    kernel.print('err', LIB, text);
    return undefined;
  }
  heap.setUp(len);
  return heap;
}
