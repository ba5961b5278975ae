// ifmalloc: the rest of the interface on top of an allocator that brings only malloc and free (lib/ukalloc/alloc.c, uk_*_ifmalloc).
//
//   q = malloc_backend(real)             malloc: p = q + 16
//   +-----------------+----------------------------+
//   | size, base      | payload                    |
//   +-----------------+----------------------------+
//
//   q                                    posix_memalign: p is q + 16 rounded up to the alignment, the record right before it
//   +-----~-----+-----------------+----------------+
//   |  padding  | size, base      | payload        |
//   +-----~-----+-----------------+----------------+
//
// The record (`struct metadata_ifmalloc`) holds what was asked from the backend and what the backend gave: `size` = real, `base` = q.
// So a block made by posix_memalign counts as everything up to the end of `real`, and two of its bytes can lie outside: with an
// alignment below 16 nothing is reserved for rounding up, so on a backend that gives 8 mod 16 the last 8 bytes are the neighbour's.

import { hex, NULL, roundUp, toNumber } from '../../memory/address';
import { stepKind } from '../../memory/steps';
import { KernelStop, type Kernel } from '../kernel';
import { sizeFrom, type AllocatorOptions, type Size } from '../ukalloc';
import { EINVAL, ENOMEM, isPowerOfTwoOrZero, UkAlloc, unsigned } from './base';

/** The record in front of a payload: offsets from the payload are negative. */
export const Record16 = { size: -16, base: -8, bytes: 16 } as const;

const FILE = 'lib/ukalloc/alloc.c';
const STEP_RECORD = stepKind('uk_malloc_ifmalloc', FILE, (q, real) => record(q, real, q));
const STEP_ALIGNED_RECORD = stepKind('uk_posix_memalign_ifmalloc', FILE, (at, real, q) => record(at, real, q));
const STEP_FREE = stepKind('uk_free_ifmalloc', FILE, (p, q) => `the record before ${hex(p)} says base ${hex(q)}: free that`);

function record(at: number, real: number, base: number): string {
  return `write record at ${hex(at)}: ${String(real)} B from the backend, base ${hex(base)}; the payload follows it`;
}

/** Sums of numbers below this need no care for wrapping. */
const PLAIN = 2 ** 31;
/** More bytes than this are never copied or zeroed in one heap. */
const LARGEST_COPY = 2 ** 40;

/** Kconfig symbol of this layer; every allocator that uses it selects it. */
export const IFMALLOC = 'CONFIG_LIBUKALLOC_IFMALLOC';

/** The options of a build that has this layer: the allocator's library selects it, whatever a `.config` fragment leaves out. */
export function withIfmalloc(options: AllocatorOptions): AllocatorOptions {
  return { ...options, config: { ...options.config, [IFMALLOC]: 'y' } };
}

/** A backend with ifmalloc on top. The counters of LIBUKALLOC_IFSTATS stay 0: this layer never counts. */
export abstract class MallocAlloc extends UkAlloc {
  constructor(kernel: Kernel, address: number, options: AllocatorOptions) {
    super(kernel, address, withIfmalloc(options));
  }

  /** The library's malloc: an address, or NULL. */
  protected abstract backendMalloc(real: Size): number;
  /** The library's free. */
  protected abstract backendFree(q: number): void;

  /** `uk_malloc_ifmalloc`. Size 0 is an ordinary request: the block is the record alone, the payload empty. */
  malloc(size: Size): number {
    if (typeof size !== 'number') return this.mallocExactly(size);
    const real = size + Record16.bytes;
    if (size < 0 && real >= 0) return NULL; // the sum wraps
    const q = this.backendMalloc(real);
    if (q === NULL) return NULL;
    const { mem } = this;
    if (mem.journal.on) mem.journal.mark(STEP_RECORD, q, real);
    mem.setPtr(q, real);
    mem.setPtr(q + 8, q);
    return q + Record16.bytes;
  }

  /** `uk_calloc_compat` on a backend that may meet requests near 2^64: it would zero all memory from the block on. */
  override calloc(nmemb: Size, size: Size): number {
    const p = super.calloc(nmemb, size);
    const bytes = BigInt.asUintN(64, unsigned(nmemb) * unsigned(size));
    if (p !== NULL && bytes > BigInt(LARGEST_COPY))
      throw new KernelStop(
        'wild',
        `calloc got ${hex(p)} for ${String(bytes)} bytes and zeroes memory from there on until it faults`,
      );
    return p;
  }

  /** `uk_free_ifmalloc`. */
  free(p: number): void {
    if (p === NULL) return;
    const { mem } = this;
    const q = mem.ptr(p + Record16.base);
    if (mem.journal.on) mem.journal.mark(STEP_FREE, p, q);
    this.backendFree(q);
  }

  /** `uk_posix_memalign_ifmalloc`. On an error the caller's pointer is not written. */
  posixMemalign(align: Size, size: Size): number {
    if (align === 0 || !isPowerOfTwoOrZero(align) || (typeof align === 'number' && align > 0 && align < 8)) return EINVAL;
    if (size === 0) return EINVAL;
    const plain = typeof align === 'number' && typeof size === 'number' && align > 0 && size > 0 && align < PLAIN && size < PLAIN;
    if (!plain) return this.posixMemalignExactly(align, size);
    const effective = align < 16 ? 16 : align;
    const real = size + effective + (align < 16 ? 0 : Record16.bytes);
    const q = this.backendMalloc(real);
    if (q === NULL) return ENOMEM;
    this.putAligned(q, roundUp(q + Record16.bytes, effective), real);
    return 0;
  }

  protected has(): boolean {
    return false;
  }

  protected bytesToKeep(p: number, size: number): number {
    const old = this.mem.ptr(p + Record16.base) + this.mem.ptr(p + Record16.size) - p;
    const bytes = size >= 0 && (old < 0 || size < old) ? size : old; // both are unsigned in C
    if (bytes < 0 || bytes > LARGEST_COPY)
      throw new KernelStop('wild', `realloc of ${hex(p)} would copy ${hex(bytes)} bytes: its record is no record any more`);
    return bytes;
  }

  /** Fills the function pointers and registers, as the glue of both libraries does. `backends` are their two functions. */
  protected registerBackend(backends: { readonly malloc: string; readonly free: string }): void {
    const { pageCompat } = this.ukalloc;
    this.register({
      malloc: 'uk_malloc_ifmalloc',
      calloc: 'uk_calloc_compat',
      realloc: 'uk_realloc_ifmalloc',
      posix_memalign: 'uk_posix_memalign_ifmalloc',
      memalign: 'uk_memalign_compat',
      free: 'uk_free_ifmalloc',
      free_backend: backends.free,
      malloc_backend: backends.malloc,
      palloc: pageCompat ? 'uk_palloc_compat' : null,
      pfree: pageCompat ? 'uk_pfree_compat' : null,
      maxalloc: null,
      availmem: null,
      pmaxalloc: null,
      pavailmem: null,
      addmem: null,
    });
  }

  /** `malloc` of a size that a double would round. */
  private mallocExactly(size: bigint): number {
    const real = size + BigInt(Record16.bytes); // such sizes end 2^53 before 2^64: no wrap
    const q = this.backendMalloc(sizeFrom(real));
    if (q === NULL) return NULL;
    this.mem.journal.mark(STEP_RECORD, q, Number(real));
    this.mem.setU64(q, real);
    this.mem.setPtr(q + 8, q);
    return q + Record16.bytes;
  }

  private posixMemalignExactly(align: Size, size: Size): number {
    const small = unsigned(align) < 16n;
    const effective = small ? 16n : unsigned(align);
    const real = BigInt.asUintN(64, unsigned(size) + effective + (small ? 0n : BigInt(Record16.bytes)));
    if (real < unsigned(size)) return ENOMEM;
    const q = this.backendMalloc(sizeFrom(real));
    if (q === NULL) return ENOMEM;
    const first = BigInt.asUintN(64, BigInt(q + Record16.bytes));
    const p = toNumber(BigInt.asUintN(64, (first + effective - 1n) & -effective));
    if (p < q || p - q > LARGEST_COPY)
      throw new KernelStop('wild', `posix_memalign would write its record before ${hex(p)}, far outside its block at ${hex(q)}`);
    this.putAligned(q, p, toNumber(real));
    return 0;
  }

  private putAligned(q: number, p: number, real: number): void {
    const { mem } = this;
    if (mem.journal.on) mem.journal.mark(STEP_ALIGNED_RECORD, p + Record16.size, real, q);
    mem.setPtr(p + Record16.size, real);
    mem.setPtr(p + Record16.base, q);
    this.memptr = p;
  }
}
