// lib-tlsf: the glue between the TLSF library and ukalloc, and what makes a pool of fresh memory.

import { hex, hexDigits, NULL, roundDown } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { KernelStop, type Kernel } from '../kernel';
import { unsigned } from '../layers/base';
import { MallocAlloc, withIfmalloc } from '../layers/ifmalloc';
import { ukAllocProfile } from '../layers/profiles';
import { ukAllocLayout } from '../layers/struct';
import type { AllocatorOptions, Size } from '../ukalloc';
import { add_new_area, makeArea } from './areas';
import { AreaInfo, areaOffset, controlSize, Header, LEAST_AREA, SIGNATURE, Tlsf } from './layout';
import { Pool } from './pool';
import { log2Sli } from './profiles';
import { calloc_ex, realloc_ex } from './resize';
import { STEP_AREA_HEAD, STEP_CLEAR, STEP_KEEP, STEP_OVERRUN, STEP_REFUSE } from './steps';

export const LIB = 'libtlsf';

/** What the library answers when it cannot make a pool: all ones. */
const NO_POOL = -1;

export class TlsfHeap extends MallocAlloc {
  readonly tlsf: Pool;
  /** The library's own interface, which golden traces call without the Unikraft layer. */
  readonly direct: Readonly<Record<string, (...args: Size[]) => number>>;

  constructor(kernel: Kernel, address: number, options: AllocatorOptions) {
    super(kernel, address, options);
    const { value, problem } = log2Sli(options.config);
    if (problem !== undefined) throw new KernelStop('crash', problem);
    this.tlsf = new Pool(kernel.mem, this.priv, value);
    this.direct = libraryOf(this.tlsf);
  }

  /** Registers the heap, the pool being ready. Every field of the struct is written, nothing is zeroed first. */
  publish(): void {
    this.registerBackend({ malloc: 'uk_tlsf_malloc', free: 'uk_tlsf_free' });
  }

  protected backendMalloc(real: Size): number {
    return this.tlsf.malloc_ex(real);
  }

  protected backendFree(q: number): void {
    this.tlsf.free_ex(q);
  }
}

/** A heap over bytes that hold one already. */
export function attach(kernel: Kernel, address: number, options: AllocatorOptions): TlsfHeap {
  const heap = new TlsfHeap(kernel, address, options);
  heap.tlsf.extendByList();
  return heap;
}

/**
 * `uk_tlsf_init(base, len)`.
 *
 * @returns undefined for NULL: a region that cannot hold the struct uk_alloc is refused with a message, one that the library refuses
 * (too small for its tables, or not a multiple of 8) silently, after the line that says it is being initialised
 */
export function init(kernel: Kernel, base: number, len: number, options: AllocatorOptions): TlsfHeap | undefined {
  const { size } = ukAllocLayout(ukAllocProfile(options.release), withIfmalloc(options).config);
  if (len >= 0 && len < size) {
    const text = `Not enough space for allocator: ${String(size)} B required but only ${hexDigits(len)} B usable`;
    kernel.print('err', LIB, text);
    return undefined;
  }
  kernel.print('info', LIB, `Initialize tlsf allocator @ ${hex(base)}, len ${String(unsigned(len))}`);
  const heap = new TlsfHeap(kernel, base, options);
  if (init_memory_pool(heap.tlsf, len - size, base + size) === NO_POOL) return undefined;
  heap.publish();
  return heap;
}

/** `init_memory_pool` called without the Unikraft layer: the heap's struct uk_alloc lies before the pool and is never written. */
export function initPool(
  kernel: Kernel,
  [length, pool]: readonly Size[],
  options: AllocatorOptions,
): { readonly ret: number; readonly heap?: TlsfHeap } {
  if (pool === NULL) {
    kernel.mem.journal.mark(STEP_REFUSE, NULL, Number(length), 1);
    return { ret: NO_POOL };
  }
  const { size } = ukAllocLayout(ukAllocProfile(options.release), withIfmalloc(options).config);
  const heap = new TlsfHeap(kernel, Number(pool) - size, options);
  const ret = init_memory_pool(heap.tlsf, Number(length), Number(pool));
  return ret === NO_POOL ? { ret } : { ret, heap };
}

/** @returns payload bytes of the first block, or all ones */
function init_memory_pool(tlsf: Pool, length: number, pool: number): number {
  const { mem, log2Sli: l } = tlsf;
  const { journal } = mem;
  const control = controlSize(l);
  const tooSmall = length >= 0 && length < control + LEAST_AREA; // a negative number is a huge length
  if (tooSmall || (pool & 7) !== 0) {
    journal.mark(STEP_REFUSE, pool, length, tooSmall ? 0 : 1);
    return NO_POOL;
  }
  const area = pool + areaOffset(l);
  if (mem.u32(pool + Tlsf.tlsf_signature) === SIGNATURE) {
    // Kept on purpose: memory that a reboot did not clear, or a second init, gives the old heap with all its blocks.
    journal.mark(STEP_KEEP, pool);
    tlsf.extendByList();
    return tlsf.sizeOf(area);
  }
  journal.mark(STEP_CLEAR, pool, control);
  mem.fill(pool, pool + control, 0);
  mem.setU32(pool + Tlsf.tlsf_signature, SIGNATURE);
  const { block, sentinel } = makeArea(mem, area, roundDown(length - control, 16));
  const over = sentinel + Header.bytes - (pool + length);
  if (over > 0) journal.mark(STEP_OVERRUN, sentinel, over);
  tlsf.extend(area, sentinel);
  const size = tlsf.sizeOf(block);
  tlsf.free_ex(block + Header.payload);
  setAreaHead(mem, pool, area + Header.payload);
  return size;
}

function setAreaHead(mem: SimMemory, pool: number, info: number): void {
  mem.journal.mark(STEP_AREA_HEAD, info, mem.ptr(info + AreaInfo.end));
  mem.setPtr(pool + Tlsf.area_head, info);
}

function libraryOf(tlsf: Pool): TlsfHeap['direct'] {
  return {
    malloc_ex: (size = 0) => tlsf.malloc_ex(size),
    free_ex: (p = 0) => {
      tlsf.free_ex(Number(p));
      return 0;
    },
    realloc_ex: (p = 0, size = 0) => realloc_ex(tlsf, Number(p), Number(size)),
    calloc_ex: (count = 0, size = 0) => calloc_ex(tlsf, Number(count), Number(size)),
    add_new_area: (base = 0, size = 0) => add_new_area(tlsf, Number(base), Number(size)),
    get_used_size: () => 0,
    get_max_size: () => 0,
  };
}
