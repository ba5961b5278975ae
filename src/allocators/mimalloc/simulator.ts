// The port's glue (lib-mimalloc, glue.c): a region allocator one page behind the struct uk_alloc serves the boot, until the first
// malloc of a thread that is ready makes the switch to mimalloc.

import { hexDigits, hex, NULL, PAGE_SIZE } from '../../memory/address';
import { stepKind } from '../../memory/steps';
import { ukAssert, type Kernel } from '../kernel';
import { EINVAL, ENOMEM, isPowerOfTwoOrZero, unsigned, UkAlloc } from '../layers/base';
import { codeAddress, type Callback } from '../layers/struct';
import { attach as attachRegion, init as initRegion } from '../region/simulator';
import type { AllocatorOptions, Size } from '../ukalloc';
import { MiHeap } from './heap';
import { REGION_SIZE } from './layout';
import { OsMemory } from './os';
import { mimallocProfile } from './profiles';
import { Segments } from './segments';
import { initMainHeap, loadInitialisedData, Statics, Surroundings } from './statics';

const LIB = 'libmimalloc';
const FILE = 'glue.c';
const STEP_DATA = stepKind(
  'uk_mimalloc_init',
  FILE,
  () => 'initialised data of _mi_heap_main and tld_main, as the image brings it',
);
const STEP_EARLY = stepKind(
  'uk_mimalloc_region_malloc',
  FILE,
  (size) => `early mode, the thread is not ready: ${String(size)} B from the region allocator, for ever`,
);
const STEP_EARLY_ALIGNED = stepKind('uk_mimalloc_region_posix_memalign', FILE, (size, align, ready) =>
  ready
    ? `the thread is ready, but only malloc makes the switch: ${String(size)} B aligned at ${String(align)} from the region allocator`
    : `early mode, the thread is not ready: ${String(size)} B aligned at ${String(align)} from the region allocator, for ever`,
);
const STEP_EARLY_FREE = stepKind(
  'uk_mimalloc_region_free',
  FILE,
  (p) => `early mode: nothing is taken back, ${hex(p)} stays taken for ever`,
);
const STEP_SWITCH = stepKind('uk_mimalloc_region_malloc', FILE, () => 'the thread is ready: leave early mode');
const STEP_LOAD = stepKind('mi_process_load', 'src/init.c', () => 'set up the main heap: thread id, cookie and keys');
const STEP_REBIND = stepKind(
  'uk_mimalloc_rebind',
  FILE,
  (a) => `malloc, calloc, realloc, posix_memalign, memalign, free of ${hex(a)} are mimalloc's now`,
);
const STEP_THREAD = stepKind('uk_thread', 'lib/uksched/thread.c', (ready) =>
  ready ? 'the current thread is ready: prv is set' : 'the current thread is not ready',
);
const STEP_CLOCK = stepKind('ukplat_wall_clock', 'plat/common', (ms) => `the clock shows ${String(ms)} ms`);

/** Functions of mimalloc by the callback that they replace at the switch. */
const REBOUND = ['malloc', 'calloc', 'realloc', 'posix_memalign', 'memalign', 'free'] as const satisfies readonly Callback[];

export class Mimalloc extends UkAlloc {
  readonly direct = {
    early: (on: Size): number => this.setThreadReady(Number(on) === 0),
    process_init: (size: Size): number => (this.setThreadReady(true), this.malloc(size)),
    clock: (ms: Size): number => this.setClock(Number(ms)),
    collect: (force: Size): number => (this.heap.collect(Number(force) !== 0), 0),
    usable: (p: Size): number => this.heap.usable(Number(p)),
  };
  private readonly heap: MiHeap;
  private readonly options: AllocatorOptions;
  /** Word index of `__initialized`. */
  private readonly initialized: number;
  private readonly enotsup: number;

  constructor(kernel: Kernel, address: number, options: AllocatorOptions) {
    super(kernel, address, options);
    const { mem } = kernel;
    const os = new OsMemory(mem, (size) => this.fromRegion(size));
    this.heap = new MiHeap(mem, os, new Segments(mem, os));
    this.options = options;
    this.initialized = mem.at(Statics.__initialized);
    this.enotsup = mimallocProfile(options.release)?.enotsup ?? this.ukalloc.enotsup;
  }

  /** `uk_mimalloc_init` after its checks. The handle is good even when the region allocator refuses. */
  setUp(len: number): void {
    const { mem, address, kernel } = this;
    if (mem.ptr(Statics._mi_heap_main) === NULL) {
      mem.journal.mark(STEP_DATA);
      loadInitialisedData(mem);
    }
    kernel.print(
      'info',
      LIB,
      `Initialize mimalloc allocator (early boot time mode) @ 0x${hexDigits(address)}, len ${String(len)}`,
    );
    this.register({
      malloc: 'uk_mimalloc_region_malloc',
      calloc: 'uk_calloc_compat',
      realloc: 'uk_realloc_compat',
      posix_memalign: 'uk_mimalloc_region_posix_memalign',
      memalign: 'uk_memalign_compat',
      free: 'uk_mimalloc_region_free',
      palloc: 'uk_palloc_compat',
      pfree: 'uk_pfree_compat',
      maxalloc: null,
      availmem: null,
      pmaxalloc: null,
      pavailmem: null,
      addmem: null,
    });
    const region = initRegion(kernel, address + PAGE_SIZE, len - PAGE_SIZE, this.options);
    mem.setPtr(Statics.__region_alloc, region?.address ?? NULL);
  }

  malloc(size: Size): number {
    if (this.isReady()) return this.heap.malloc(size);
    if (!this.isThreadReady()) {
      this.mem.journal.mark(STEP_EARLY, Number(unsigned(size)));
      return this.fromRegion(size);
    }
    this.switchOver();
    return this.heap.malloc(size);
  }

  override calloc(nmemb: Size, size: Size): number {
    return this.isReady() ? this.heap.calloc(nmemb, size) : super.calloc(nmemb, size);
  }

  override realloc(p: number, size: Size): number {
    return this.isReady() ? this.heap.realloc(p, size) : super.realloc(p, size);
  }

  posixMemalign(align: Size, size: Size): number {
    if (!this.isReady()) return this.earlyPosixMemalign(align, size);
    if ((unsigned(align) & 7n) !== 0n || !isPowerOfTwoOrZero(align)) return EINVAL;
    const p = this.heap.aligned(align, size);
    if (p === NULL && size !== 0) return ENOMEM;
    this.memptr = p;
    return 0;
  }

  override memalign(align: Size, size: Size): number {
    return this.isReady() ? this.heap.aligned(align, size) : super.memalign(align, size);
  }

  free(p: number): void {
    if (this.isReady()) {
      this.heap.free(p);
      return;
    }
    this.kernel.print('info', LIB, 'attempt to free memory during early boot time');
    const region = this.region();
    ukAssert(region !== undefined, 'a');
    this.mem.journal.mark(STEP_EARLY_FREE, p);
    region.free(p);
  }

  override addmem(): number {
    return -this.enotsup;
  }

  override availmem(): number {
    return -this.enotsup;
  }

  override maxalloc(): number {
    return -this.enotsup;
  }

  override pavailmem(): number {
    return -this.enotsup;
  }

  override pmaxalloc(): number {
    return -this.enotsup;
  }

  protected has(): boolean {
    return false;
  }

  /** Early realloc is the compat function: it reads past the old block when it grows. */
  protected bytesToKeep(_p: number, size: number): number {
    return size;
  }

  private isReady(): boolean {
    return this.mem.u32At(this.initialized) !== 0;
  }

  /** Does the current thread exist, with its `prv` set? */
  private isThreadReady(): boolean {
    return this.mem.ptr(Surroundings.thread_not_ready) === 0;
  }

  /** The region allocator behind `__region_alloc`. */
  private region(): ReturnType<typeof attachRegion> | undefined {
    const address = this.mem.ptr(Statics.__region_alloc);
    return address === NULL ? undefined : attachRegion(this.kernel, address, this.options);
  }

  /** `uk_mimalloc_region_malloc` where it does not make the switch: of a boot-time object, or of the OS layer. */
  private fromRegion(size: Size): number {
    this.kernel.print('debug', LIB, `allocating ${String(unsigned(size))} from region allocator`);
    return this.region()?.malloc(size) ?? NULL;
  }

  /** `uk_mimalloc_region_posix_memalign`. */
  private earlyPosixMemalign(align: Size, size: Size): number {
    this.kernel.print(
      'debug',
      LIB,
      `allocating ${String(unsigned(size))} aligned at ${String(unsigned(align))} from region allocator`,
    );
    const ready = this.isThreadReady() ? 1 : 0;
    this.mem.journal.mark(STEP_EARLY_ALIGNED, Number(unsigned(size)), Number(unsigned(align)), ready);
    const region = this.region();
    if (region === undefined) {
      this.memptr = NULL;
      return ENOMEM;
    }
    region.memptr = undefined;
    const error = region.posixMemalign(align, size);
    this.memptr = region.memptr;
    return error;
  }

  private switchOver(): void {
    const { mem, kernel, address } = this;
    kernel.print('debug', LIB, 'main: leaving early boot-time allocation mode');
    mem.journal.mark(STEP_SWITCH);
    mem.setU32(Statics.__initialized, 1);
    mem.journal.mark(STEP_LOAD);
    initMainHeap(mem);
    mem.setU8(Statics._mi_process_is_initialized, 1);
    mem.journal.mark(STEP_REBIND, address);
    for (const name of REBOUND) mem.setPtr(address + this.layout.callbacks[name]!, codeAddress(`uk_mimalloc_${name}`));
    kernel.print('info', LIB, 'Successfully initialized Mimalloc');
  }

  private setThreadReady(ready: boolean): number {
    this.mem.journal.mark(STEP_THREAD, ready ? 1 : 0);
    this.mem.setPtr(Surroundings.thread_not_ready, ready ? 0 : 1);
    return 0;
  }

  private setClock(ms: number): number {
    this.mem.journal.mark(STEP_CLOCK, ms);
    this.mem.setPtr(Surroundings.now_ms, ms);
    return 0;
  }
}

/** A heap over bytes that hold one already. */
export function attach(kernel: Kernel, address: number, options: AllocatorOptions): Mimalloc {
  if (mimallocProfile(options.release) === undefined) throw new Error(`mimalloc: no profile for release ${options.release}`);
  return new Mimalloc(kernel, address, options);
}

/**
 * `uk_mimalloc_init(base, len)`: a heap at `base`.
 *
 * @returns undefined for NULL: a region of one page or less, silently; or a second instance, with a message
 */
export function init(kernel: Kernel, base: number, len: number, options: AllocatorOptions): Mimalloc | undefined {
  if (len >= 0 && len <= PAGE_SIZE) return undefined;
  if (kernel.mem.ptr(Statics.__region_alloc) !== NULL) {
    kernel.print('err', LIB, 'mimalloc already initialized (max number of instances: 1)');
    return undefined;
  }
  if (len >= 0 && len < REGION_SIZE) {
    kernel.print(
      'err',
      LIB,
      `Not enough space to allocate arena: ${String(REGION_SIZE)} bytes required but only ${String(len)} bytes usable`,
    );
  }
  const heap = attach(kernel, base, options);
  heap.setUp(len);
  return heap;
}
