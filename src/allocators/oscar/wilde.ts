// Preset `wilde`: the public Unikraft port (shimming.c, wilde_internal.c), to the byte. An object lies where the canonical malloc puts
// it, or with KELLOGS at the end of pages of its own (`kellogs.ts`); the shadow covers the pages that it touches.
//
// There is no NULL: what runs out crashes. Kept on purpose, as the port has it:
//   - realloc revokes the old shadow first; the pointer changes always, and `realloc(p, 0)` crashes with the shadow gone;
//   - calloc multiplies without a check for overflow, and does not fill through the shadow;
//   - posix_memalign asserts `size > align`, so the usual size == align crashes; memalign crashes always (`ported` in settings.ts);
//   - pfree fills the pages first, so that a stale pointer faults before anything is changed;
//   - without KELLOGS the answers of canonical calloc, memalign and realloc are not tested: NULL would be mapped as page 0. The
//     simulator stops there.

import { hex, NULL, PAGE_SIZE, pointerText, roundDown, roundUp } from '../../memory/address';
import { stepKind } from '../../memory/steps';
import { KernelStop, ukAssert, type Kernel } from '../kernel';
import { unsigned } from '../layers/base';
import { sizeFrom, type AllocatorOptions, type Size } from '../ukalloc';
import { AddressRanges } from './address-ranges';
import { AliasTable } from './alias-table';
import { Kellogs, pallocOr } from './kellogs';
import { Alias, orderOfPages, Statics, VMAP_SIZE, VMAP_START } from './layout';
import { reservedPages, type OscarSettings } from './settings';
import { clearStatics, OscarHeap, setShimmed, stopAtFault, type Underneath } from './shim';

export const LIB = 'libwilde';
const SHIM_FILE = 'wilde/shimming.c';

const STEP_FILL = stepKind(
  'CLEAR',
  SHIM_FILE,
  (p, bytes, value) => `fill ${String(bytes)} bytes from ${hex(p)} on with 0x${value.toString(16)}`,
);

export class WildeHeap extends OscarHeap {
  private readonly ranges: AddressRanges;
  private readonly aliases: AliasTable;
  private readonly kellogs: Kellogs;

  constructor(kernel: Kernel, options: AllocatorOptions, settings: OscarSettings, underneath: Underneath) {
    super(kernel, options, settings, underneath, {
      take: () => pallocOr(underneath.heap, 1, "Couldn't allocate a page table"),
      give: (table) => underneath.heap.pfree(table, 1),
    });
    const takePool = (name: string) => (): number => {
      const pool = underneath.heap.palloc(2);
      ukAssert(pool !== NULL, name);
      return pool;
    };
    this.ranges = new AddressRanges(kernel.mem, takePool('vmas'), settings.guard !== 'none');
    this.aliases = new AliasTable(kernel.mem, Statics.lookup, Statics.afreelist, Alias.bytes, takePool('aliases'));
    this.kellogs = new Kellogs(kernel.mem, underneath);
  }

  /** `wilde_init`, the constructor: runs before there is a heap. */
  construct(): void {
    clearStatics(this.kernel);
    this.aliases.setUp();
    const lines = ['Initialising lib wilde', 'vspace size: ', sizeText(VMAP_SIZE), 'Now intialising the shim'];
    for (const line of lines) this.kernel.print('info', LIB, line);
    this.kernel.print('debug', LIB, `inserting shim @${pointerText(Statics.shim)}`);
    this.kernel.print('debug', LIB, "Couldn't get previous allocator, going to init allocbuddy");
    this.registerShim({
      malloc: 'shim_malloc',
      calloc: 'shim_calloc',
      realloc: 'shim_realloc',
      posix_memalign: 'shim_posix_memalign',
      memalign: 'shim_memalign',
      free: 'shim_free',
      palloc: 'shim_palloc',
      pfree: 'shim_pfree',
      availmem: 'shim_availmem',
      addmem: 'shim_addmem',
    });
  }

  /** The rest of the first `shim_addmem`, once the canonical allocator stands. */
  begin(canonical: number): void {
    setShimmed(this.kernel, canonical);
    this.ranges.setUp(VMAP_START, this.end - VMAP_START);
  }

  /** `shim_malloc`. */
  malloc(size: Size): number {
    ukAssert(size !== 0, 'size');
    const real = this.settings.kellogs ? this.kellogs.malloc(size) : this.canonical.malloc(size);
    ukAssert(real !== NULL, 'real_addr != 0');
    const bytes = Number(size);
    const p = this.mapNew(real, bytes, PAGE_SIZE);
    this.fill(p, real, bytes);
    this.tell('shim_malloc', () => `malloc(size=${text(size)}) => ${pointerText(p)} [real=${pointerText(real)}]`);
    return p;
  }

  /** `shim_calloc`: nmemb · size wraps. */
  override calloc(nmemb: Size, size: Size): number {
    const product = sizeFrom(BigInt.asUintN(64, unsigned(nmemb) * unsigned(size)));
    const real = this.settings.kellogs
      ? this.kellogs.calloc(product)
      : this.notNull(this.canonical.calloc(nmemb, size), 'calloc');
    const p = this.mapNew(real, Number(product), PAGE_SIZE);
    this.tell(
      'shim_calloc',
      () => `calloc(nmemb=${text(nmemb)}, size=${text(size)}) => ${pointerText(p)} [real=${pointerText(real)}]`,
    );
    return p;
  }

  /** `shim_posix_memalign`. The shadow is aligned to whole pages, which is enough: no larger alignment is taken. */
  posixMemalign(align: Size, size: Size): number {
    ukAssert(size !== 0, 'size');
    if (this.settings.ported) ukAssert(unsigned(size) > unsigned(align), 'size > align');
    const real = this.settings.kellogs
      ? this.kellogs.memalign(align, size)
      : this.notNull(this.canonical.memalign(align, size), 'memalign');
    const bytes = Number(size);
    const p = this.mapNew(real, bytes, Math.max(PAGE_SIZE, Math.ceil(Number(align) / PAGE_SIZE) * PAGE_SIZE));
    this.memptr = p;
    this.tell(
      'shim_posix_memalign',
      () =>
        `posix_memalign(memptr=&, align=${text(align)}, size=${text(size)}) => 0 [memptr=${pointerText(p)}, real=${pointerText(real)}]`,
    );
    this.fill(p, real, bytes);
    return 0;
  }

  /** `shim_memalign`. */
  override memalign(align: Size, size: Size): number {
    if (this.settings.ported) throw new KernelStop('crash', 'Does anyone even use this at all?');
    return super.memalign(align, size);
  }

  /** `shim_realloc`. */
  override realloc(p: number, size: Size): number {
    if (p === NULL) {
      const real = this.settings.kellogs ? this.kellogs.malloc(size) : this.notNull(this.canonical.malloc(size), 'malloc');
      const fresh = this.mapNew(real, Number(size), PAGE_SIZE);
      this.tell(
        'shim_realloc',
        () => `realloc(ptr=NULL, size=${text(size)}) => ${pointerText(fresh)} [real=${pointerText(real)}]`,
      );
      return fresh;
    }
    const { real: old, size: oldSize } = this.mapRemove(p, 'shim_realloc');
    const real = this.settings.kellogs
      ? this.kellogs.realloc(old, oldSize, size)
      : this.notNull(this.canonical.realloc(old, size), 'realloc');
    const fresh = this.mapNew(real, Number(size), PAGE_SIZE);
    this.tell(
      'shim_realloc',
      () =>
        `realloc(ptr=${pointerText(p)}, size=${text(size)}) => ${pointerText(fresh)} [old_real=${pointerText(old)}, new_real=${pointerText(real)}]`,
    );
    return fresh;
  }

  /** `shim_free`. */
  free(p: number): void {
    if (p === NULL) {
      this.tell('shim_free', () => 'free(ptr=NULL) => 0');
      return;
    }
    const { real, size } = this.mapRemove(p, 'shim_free');
    if (this.settings.kellogs) this.kellogs.free(real, size);
    else this.canonical.free(real);
    this.tell('shim_free', () => `free(ptr=${pointerText(p)}) => 0 [real_addr=${pointerText(real)}, size=${String(size)}]`);
  }

  /** `shim_palloc`; the count becomes the order that the port takes. The shadow is aligned to its own size. */
  override palloc(pages: Size): number {
    ukAssert(pages !== 0, 'num_pages != 0');
    const order = typeof pages === 'number' && pages > 0 ? orderOfPages(pages) : 52;
    const real = pallocOr(this.canonical, 2 ** order, 'Allocating went wrong');
    const bytes = PAGE_SIZE * 2 ** order;
    const p = this.mapNew(real, bytes, bytes);
    this.tell('shim_palloc', () => `palloc(order=${String(order)}) => ${pointerText(p)} [real=${pointerText(real)}]`);
    this.fill(p, real, bytes);
    return p;
  }

  /** `shim_pfree`: fills through the shadow first, which a stale or short one does not survive. */
  override pfree(p: number, pages: number): void {
    const order = orderOfPages(Math.max(1, pages));
    if (this.settings.fill !== undefined) this.fillThroughShadow(p, PAGE_SIZE * 2 ** order);
    const structure = this.aliases.search(p);
    // An unknown pointer whose pages are mapped gives NULL here, which the canonical pfree does not survive.
    const real = structure === 0 ? NULL : this.mapRemove(p, 'shim_pfree').real;
    this.canonical.pfree(real, 2 ** order);
    this.tell('shim_pfree', () => `pfree(ptr=${pointerText(p)}, order=${String(order)}) => 0 [real=${pointerText(real)}]`);
  }

  override addmem(base: number, len: number): number {
    const answer = super.addmem(base, len);
    this.tell('shim_addmem', () => `addmem(base=${pointerText(base)}, size=${String(len)}) => ${String(answer)}`);
    return answer;
  }

  protected canonicalOf(p: number): number {
    const structure = this.aliases.search(p);
    return structure === 0 ? NULL : this.aliases.originOf(structure);
  }

  /** `wilde_map_new`: a shadow for `size` bytes at the canonical address `real`, at a fresh address. */
  private mapNew(real: number, size: number, align: number): number {
    const first = roundDown(real, PAGE_SIZE);
    const bytes = roundUp(real + size, PAGE_SIZE) - first;
    const reserved = reservedPages(bytes / PAGE_SIZE, this.settings.guard) * PAGE_SIZE;
    const vma = this.ranges.take(reserved, align);
    if (vma === 0) this.outOfAddresses(bytes, align);
    const start = this.ranges.addressOf(vma);
    const p = start + (real - first);
    this.aliases.register(real, p, size);
    this.tables.map(start, first, bytes);
    this.ranges.free(vma);
    return p;
  }

  private outOfAddresses(bytes: number, align: number): never {
    this.kernel.print('crit', LIB, "couldn't alloc virtual memory chunk of ");
    this.kernel.print('info', LIB, sizeText(bytes));
    this.kernel.print('crit', LIB, ' aligned to a size of ');
    this.kernel.print('info', LIB, sizeText(align));
    throw new KernelStop('crash', 'My life is over');
  }

  /** `wilde_map_rm`: revokes the shadow of `p` and forgets it. */
  private mapRemove(p: number, caller: string): { real: number; size: number } {
    const structure = this.aliases.search(p);
    if (structure === 0) throw new KernelStop('crash', `[${caller}] invalid free at ${pointerText(p)}`);
    const real = this.aliases.originOf(structure);
    const size = this.aliases.sizeOf(structure);
    const first = roundDown(p, PAGE_SIZE);
    this.tables.unmap(first, roundUp(p + size, PAGE_SIZE) - first);
    this.aliases.unregister(structure);
    return { real, size };
  }

  /** The port goes on with NULL and maps page 0 for the caller to write to. */
  private notNull(real: number, call: string): number {
    if (real === NULL)
      throw new KernelStop(
        'wild',
        `the canonical ${call} gave NULL, which the port does not test: it would map page 0 as the object`,
      );
    return real;
  }

  /** `CLEAR` of a fresh object: all its pages are mapped, so its canonical bytes are filled. */
  private fill(p: number, real: number, bytes: number): void {
    const { fill } = this.settings;
    if (fill === undefined) return;
    this.mem.journal.mark(STEP_FILL, p, bytes, fill);
    this.mem.fill(real, real + bytes, fill);
  }

  /** `CLEAR` of what the caller says is a block: page by page, until one is not mapped. */
  private fillThroughShadow(p: number, bytes: number): void {
    this.mem.journal.mark(STEP_FILL, p, bytes, this.settings.fill);
    for (let at = p; at < p + bytes;) {
      const count = Math.min(p + bytes, roundDown(at, PAGE_SIZE) + PAGE_SIZE) - at;
      const outcome = this.access(at, 'write');
      if (outcome.reaches === undefined) stopAtFault(outcome, 'shim_pfree fills the pages before it frees them');
      this.mem.fill(outcome.reaches, outcome.reaches + count, this.settings.fill!);
      at += count;
    }
  }

  /** `alloc_printf`: a line on the console, with ALLOC_DEBUG. */
  private tell(fn: string, line: () => string): void {
    if (this.settings.allocDebug) this.kernel.print('info', LIB, `${`[${fn}]`.padEnd(20)} ${line()}`);
  }
}

/** `print_sz`. */
function sizeText(bytes: number): string {
  let size = bytes;
  let unit = 'bytes';
  for (const larger of ['Kb', 'Mb', 'Gb']) {
    if (size < 1024) break;
    size = Math.floor(size / 1024);
    unit = larger;
  }
  return `${String(size)}${unit}`;
}

function text(size: Size): string {
  return unsigned(size).toString();
}
