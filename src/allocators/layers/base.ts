// What every simulated `struct uk_alloc` shares: registration, the compat functions that lib/ukalloc fills gaps with, and the
// answers of callbacks that are NULL.

import { hex, NULL, PAGE_SIZE } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { stepKind } from '../../memory/steps';
import { Globals, KernelStop, ukAssert, type Kernel } from '../kernel';
import { sizeFrom, type AllocatorOptions, type Heap, type Size } from '../ukalloc';
import { ukAllocProfile, type UkAllocProfile } from './profiles';
import { Statistics } from './statistics';
import { codeAddress, STATS_SIZE, ukAllocLayout, type Callback, type UkAllocLayout } from './struct';

export const ENOMEM = 12;
export const EINVAL = 22;

const FILE = 'lib/ukalloc/alloc.c';
const STEP_REGISTER = stepKind('uk_alloc_register', FILE, (a, tail) =>
  tail === 0 ? `register ${hex(a)} as the first allocator` : `append ${hex(a)} to the allocators after ${hex(tail)}`,
);
const STEP_CALLBACKS = stepKind('uk_alloc_init', FILE, (a) => `fill the function pointers of the struct uk_alloc at ${hex(a)}`);
const STEP_ZERO = stepKind('uk_calloc_compat', FILE, (p, bytes) => `zero ${String(bytes)} bytes at ${hex(p)}`);
const STEP_COPY = stepKind(
  'uk_realloc',
  FILE,
  (from, to, bytes) => `copy ${String(bytes)} bytes from ${hex(from)} to ${hex(to)}`,
);

/** Base of all simulated allocators. Subclasses bring malloc, posix_memalign and free; the rest has the compat behaviour. */
export abstract class UkAlloc implements Heap {
  readonly address: number;
  memptr: number | undefined = undefined;
  protected readonly mem: SimMemory;
  protected readonly kernel: Kernel;
  protected readonly ukalloc: UkAllocProfile;
  protected readonly layout: UkAllocLayout;
  protected readonly stats: Statistics;
  /** Address of `priv[]`. */
  protected readonly priv: number;
  private readonly arch: AllocatorOptions['arch'];

  constructor(kernel: Kernel, address: number, options: AllocatorOptions) {
    this.kernel = kernel;
    this.mem = kernel.mem;
    this.address = address;
    this.arch = options.arch;
    this.ukalloc = ukAllocProfile(options.release);
    this.layout = ukAllocLayout(this.ukalloc, options.config);
    this.priv = address + this.layout.size;
    this.stats = new Statistics(kernel.mem, statsAddress(address, this.layout), options.config);
  }

  abstract malloc(size: Size): number;
  abstract posixMemalign(align: Size, size: Size): number;
  abstract free(p: number): void;
  /** Bytes that realloc carries over from the block at `p` when `size` are asked for. */
  protected abstract bytesToKeep(p: number, size: number): number;

  /** `uk_calloc_compat`. */
  calloc(nmemb: Size, size: Size): number {
    if (this.ukalloc.overflowChecks) {
      if (size === 0) {
        // The C code divides by `size` first.
        if (this.arch === 'x86_64') throw new KernelStop('crash', 'division by zero in uk_calloc_compat: calloc with size 0');
        return nmemb === 0 ? this.malloc(0) : NULL;
      }
      const product = unsigned(nmemb) * unsigned(size);
      if (product >= 1n << 64n) return NULL;
    }
    const bytes = sizeFrom(BigInt.asUintN(64, unsigned(nmemb) * unsigned(size)));
    const p = this.malloc(bytes);
    if (p === NULL || typeof bytes === 'bigint') return p;
    this.mem.journal.mark(STEP_ZERO, p, bytes);
    this.mem.fill(p, p + bytes, 0);
    return p;
  }

  /** `uk_realloc_ifpages`, `uk_realloc_ifmalloc`, `uk_realloc_compat`: the same but for what is copied. It always moves. */
  realloc(p: number, size: Size): number {
    if (p === NULL) return this.malloc(size);
    if (size === 0) {
      this.free(p);
      return NULL;
    }
    const q = this.malloc(size);
    if (q === NULL || typeof size === 'bigint') return NULL;
    const bytes = this.bytesToKeep(p, size);
    this.mem.journal.mark(STEP_COPY, p, q, bytes);
    this.mem.copy(q, p, bytes);
    this.free(p);
    return q;
  }

  /** `uk_memalign_compat`. */
  memalign(align: Size, size: Size): number {
    return this.aligned(align, size);
  }

  /** `uk_palloc_compat`, or the NULL that `uk_palloc` gives without it. */
  palloc(pages: Size): number {
    if (!this.ukalloc.pageCompat) return NULL;
    if (typeof pages === 'bigint' || pages < 0 || pages >= 2 ** 52) return NULL;
    return this.aligned(PAGE_SIZE, sizeFrom(BigInt(pages) * BigInt(PAGE_SIZE)));
  }

  /** `uk_pfree_compat`. */
  pfree(p: number, _pages: number): void {
    if (!this.ukalloc.pageCompat) return;
    ukAssert((p & (PAGE_SIZE - 1)) === 0, '!((uintptr_t) ptr & (__PAGE_SIZE - 1))');
    this.free(p);
  }

  // Callbacks that are NULL answer -ENOTSUP; subclasses override those that they have.

  addmem(_base: number, _len: number): number {
    return -this.ukalloc.enotsup;
  }

  availmem(): number {
    return -this.ukalloc.enotsup;
  }

  maxalloc(): number {
    return -this.ukalloc.enotsup;
  }

  /** `uk_alloc_pavailmem_compat`, where the byte variant is there. */
  pavailmem(): number {
    return this.has('availmem') ? Math.floor(this.availmem() / PAGE_SIZE) : -this.ukalloc.enotsup;
  }

  pmaxalloc(): number {
    return this.has('maxalloc') ? Math.floor(this.maxalloc() / PAGE_SIZE) : -this.ukalloc.enotsup;
  }

  /** posix_memalign's pointer, NULL on any error. */
  private aligned(align: Size, size: Size): number {
    this.memptr = NULL;
    return this.posixMemalign(align, size) === 0 ? this.memptr : NULL;
  }

  /** Is a callback present in this release's struct and not NULL? */
  protected abstract has(callback: Callback): boolean;

  /** Fills the function pointers, zeroes the statistics and registers: the tail of `uk_alloc_init_*`. */
  protected register(functions: Readonly<Partial<Record<Callback, string | null>>>): void {
    const { mem, layout } = this;
    mem.journal.mark(STEP_CALLBACKS, this.address);
    for (const [name, fn] of Object.entries(functions)) {
      const offset = layout.callbacks[name as Callback];
      if (offset !== undefined) mem.setPtr(this.address + offset, fn === null ? NULL : codeAddress(fn));
    }
    const stats = statsAddress(this.address, layout);
    if (stats !== undefined) mem.fill(stats, stats + STATS_SIZE, 0);
    registerAllocator(mem, this.address, layout.next);
  }
}

function statsAddress(address: number, layout: UkAllocLayout): number | undefined {
  return layout.stats === undefined ? undefined : address + layout.stats;
}

/** The unsigned value of a size. */
export function unsigned(size: Size): bigint {
  return typeof size === 'bigint' ? size : BigInt.asUintN(64, BigInt(size));
}

/** `uk_alloc_register`: appends to the list whose head is the default allocator. */
function registerAllocator(mem: SimMemory, a: number, next: number): void {
  let tail = mem.ptr(Globals.uk_alloc_head);
  while (tail !== NULL && mem.ptr(tail + next) !== NULL) tail = mem.ptr(tail + next);
  mem.journal.mark(STEP_REGISTER, a, tail);
  mem.setPtr(tail === NULL ? Globals.uk_alloc_head : tail + next, a);
  mem.setPtr(a + next, NULL);
}

/** A power-of-two test as C makes it: 0 passes. Takes any `size_t`. */
export function isPowerOfTwoOrZero(value: Size): boolean {
  const v = unsigned(value);
  return (v & (v - 1n)) === 0n;
}
