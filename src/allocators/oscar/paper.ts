// Preset `paper`: the scheme of the Oscar paper (USENIX Security 2017), steps 4 to 6, over any canonical allocator.
//
//   c = canonical malloc(size + 8)                        shadow: the same frames at the high-water mark, so the same offset in the page
//   +------+----------------------+                       +------+----------------------+
//   | c    |  object              |                       | c    |  object              |  p = shadow + (c − its page) + 8
//   +------+----------------------+                       +------+----------------------+
//
//   free reads the word before the object *through the shadow*: a second free finds no mapping there and faults.
//   refresh: on free the same frames get their next shadow at once, kept ready under (canonical page, pages); the next object on
//   these pages, whatever its size, takes it without any mapping.
//
// The paper's allocator runs as a process: page tables and the record of objects belong to the kernel beside it, not to the heap.
// Here they lie in an arena of their own and are never given back. What the paper leaves open is decided as the specification of
// this tool says: malloc(0) and an exhausted address space give NULL; realloc moves the object before it revokes the old shadow.

import { hex, hexDigits, NULL, PAGE_SIZE, pointerText, roundDown, roundUp } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { stepKind } from '../../memory/steps';
import { KernelStop, type Kernel } from '../kernel';
import { EINVAL, ENOMEM, isPowerOfTwoOrZero, unsigned } from '../layers/base';
import { sizeFrom, type AllocatorOptions, type Size } from '../ukalloc';
import { AliasTable } from './alias-table';
import { ARENA, PaperObject, POOL_BYTES, Spare, Statics, VMAP_START } from './layout';
import type { OscarSettings } from './settings';
import { clearStatics, OscarHeap, setShimmed, stopAtFault, type Underneath } from './shim';

const LIB = 'liboscar';
const FILE = 'paper';
/** The inline word: `sizeof(void *)`. */
const WORD = 8;

const STEP_MARK = stepKind('malloc', FILE, (from, to) => `high-water mark ${hex(from)} → ${hex(to)}`);
const STEP_WORD = stepKind('malloc', FILE, (at, c) => `write the canonical address ${hex(c)} before the object, at ${hex(at)}`);
const STEP_ZERO = stepKind('calloc', FILE, (p, bytes) => `zero ${String(bytes)} bytes at ${hex(p)}`);
const STEP_COPY = stepKind('realloc', FILE, (from, to, bytes) => `copy ${String(bytes)} bytes from ${hex(from)} to ${hex(to)}`);
const STEP_REFRESH = stepKind(
  'mremap',
  FILE,
  (from, to, pages) =>
    `refresh: ${String(pages)} pages from ${hex(from)} on get the shadow ${hex(to)}, ready for the next object`,
);
const STEP_SPARE = stepKind(
  'malloc',
  FILE,
  (shadow, first) => `take the ready shadow ${hex(shadow)} of canonical page ${hex(first)}`,
);

export class PaperHeap extends OscarHeap {
  private readonly objects: AliasTable;
  private readonly spares: AliasTable;

  constructor(kernel: Kernel, options: AllocatorOptions, settings: OscarSettings, underneath: Underneath) {
    super(kernel, options, settings, underneath, {
      take: () => takeFromArena(kernel.mem, PAGE_SIZE),
      give: () => undefined,
    });
    const takePool = (): number => takeFromArena(kernel.mem, POOL_BYTES);
    this.objects = new AliasTable(kernel.mem, Statics.lookup, Statics.afreelist, PaperObject.bytes, takePool);
    this.spares = new AliasTable(kernel.mem, Statics.spares, Statics.sfreelist, Spare.bytes, takePool);
  }

  construct(): void {
    clearStatics(this.kernel);
    this.objects.setUp();
    this.spares.setUp();
    this.mem.setPtr(Statics.arena, ARENA);
    this.mem.setPtr(Statics.hwm, VMAP_START);
    this.registerShim({
      malloc: 'oscar_malloc',
      calloc: 'oscar_calloc',
      realloc: 'oscar_realloc',
      posix_memalign: 'oscar_posix_memalign',
      memalign: 'oscar_memalign',
      free: 'oscar_free',
      palloc: 'oscar_palloc',
      pfree: 'oscar_pfree',
      maxalloc: 'oscar_maxalloc',
      availmem: 'oscar_availmem',
      pmaxalloc: 'oscar_pmaxalloc',
      pavailmem: 'oscar_pavailmem',
      addmem: 'oscar_addmem',
    });
  }

  begin(canonical: number): void {
    setShimmed(this.kernel, canonical);
    const shadows = `shadows ${hex(VMAP_START)} - ${hex(this.end)}`;
    this.kernel.print('info', LIB, `Initialize Oscar allocator @ ${hex(canonical)}, ${shadows}`);
  }

  malloc(size: Size): number {
    if (size === 0) return NULL;
    const padded = unsigned(size) + BigInt(WORD);
    if (padded >= 1n << 64n) return NULL;
    const c = this.canonical.malloc(sizeFrom(padded));
    return c === NULL ? NULL : this.create(c, WORD, Number(size), PAGE_SIZE);
  }

  override calloc(nmemb: Size, size: Size): number {
    const product = unsigned(nmemb) * unsigned(size);
    if (product >= 1n << 64n) return NULL;
    const bytes = sizeFrom(product);
    const p = this.malloc(bytes);
    if (p === NULL) return NULL;
    const canonical = this.mustReach(p);
    this.mem.journal.mark(STEP_ZERO, p, Number(bytes));
    this.mem.fill(canonical, canonical + Number(bytes), 0);
    return p;
  }

  posixMemalign(align: Size, size: Size): number {
    const a = unsigned(align);
    if (!isPowerOfTwoOrZero(align) || (a & 7n) !== 0n || a === 0n) return EINVAL;
    if (size === 0) return EINVAL;
    const p = this.alignedTo(Number(a), size);
    if (p === NULL) return ENOMEM;
    this.memptr = p;
    return 0;
  }

  override realloc(p: number, size: Size): number {
    if (p === NULL) return this.malloc(size);
    if (size === 0) {
      this.free(p);
      return NULL;
    }
    const object = this.check(p, 'realloc');
    const padded = unsigned(size) + BigInt(WORD);
    if (padded >= 1n << 64n) return NULL;
    const c = this.objects.originOf(object);
    if (this.canonicalOf(p) - c !== WORD) return this.moveAligned(p, object, size);
    if (!this.hasRoomFor(size)) return NULL;
    const moved = this.canonical.realloc(c, sizeFrom(padded));
    if (moved === NULL) return NULL;
    this.destroy(object);
    return this.create(moved, WORD, Number(size), PAGE_SIZE);
  }

  free(p: number): void {
    if (p === NULL) return;
    const object = this.check(p, 'free');
    const c = this.objects.originOf(object);
    this.destroy(object);
    this.canonical.free(c);
  }

  /** Pages come as uk_palloc_compat makes them. */
  override palloc(pages: Size): number {
    if (typeof pages === 'bigint' || pages <= 0 || pages >= 2 ** 40) return NULL;
    return this.alignedTo(PAGE_SIZE, pages * PAGE_SIZE);
  }

  override pfree(p: number): void {
    this.free(p);
  }

  /** Canonical address of the object itself, which is behind the inline word. */
  protected canonicalOf(p: number): number {
    const object = this.objects.search(p);
    if (object === 0) return NULL;
    const base = this.mem.ptr(object + PaperObject.base);
    return roundDown(this.objects.originOf(object), PAGE_SIZE) + (p - base);
  }

  /** The object begins one alignment unit into its block, so that its word has room; a word is all that 8 needs. */
  private alignedTo(align: number, size: Size): number {
    if (align === WORD) return this.malloc(size);
    const bytes = unsigned(size) + BigInt(align);
    if (align > 2 ** 30 || bytes >= 1n << 64n) return NULL;
    const c = this.canonical.memalign(align, sizeFrom(bytes));
    return c === NULL ? NULL : this.create(c, align, Number(size), Math.max(PAGE_SIZE, align));
  }

  /**
   * A shadow for the canonical block at `c`, with the object `lead` bytes into it.
   *
   * @returns the program's pointer; NULL when the address space is used up, and then the block was given back
   */
  private create(c: number, lead: number, size: number, align: number): number {
    const first = roundDown(c, PAGE_SIZE);
    const pages = (roundUp(c + lead + size, PAGE_SIZE) - first) / PAGE_SIZE;
    let shadow = this.settings.refresh && align === PAGE_SIZE ? this.takeSpare(first, pages) : NULL;
    if (shadow === NULL) {
      shadow = this.advance(pages, align);
      if (shadow === NULL) {
        this.kernel.print('warn', LIB, `Cannot create shadow of ${String(pages)} pages: Out of virtual memory`);
        this.canonical.free(c);
        return NULL;
      }
      this.kernel.print('debug', LIB, `shadow ${hex(shadow)}+${String(pages)} -> ${hex(first)}`);
      this.tables.map(shadow, first, pages * PAGE_SIZE);
    }
    const p = shadow + (c - first) + lead;
    const object = this.objects.register(c, p, size);
    this.mem.setPtr(object + PaperObject.base, shadow);
    this.mem.setPtr(object + PaperObject.pages, pages);
    this.mem.journal.mark(STEP_WORD, c + lead - WORD, c);
    this.mem.setPtr(c + lead - WORD, c);
    return p;
  }

  /** Revokes an object's shadow and forgets the object; its canonical block is the caller's to free. */
  private destroy(object: number): void {
    const shadow = this.mem.ptr(object + PaperObject.base);
    const pages = this.mem.ptr(object + PaperObject.pages);
    const first = roundDown(this.objects.originOf(object), PAGE_SIZE);
    this.objects.unregister(object);
    this.tables.revoke(shadow, pages, this.settings.revoke);
    const next = this.settings.refresh ? this.advance(pages, PAGE_SIZE) : NULL;
    if (next === NULL) {
      this.kernel.print('debug', LIB, `revoke ${hex(shadow)}+${String(pages)}`);
      this.tables.count('unmaps', pages);
      return;
    }
    this.kernel.print('debug', LIB, `refresh ${hex(shadow)}+${String(pages)} -> ${hex(next)}`);
    this.mem.journal.mark(STEP_REFRESH, shadow, next, pages);
    this.tables.map(next, first, pages * PAGE_SIZE);
    this.tables.count('maps', -pages); // one call moves the shadow: neither a map nor an unmap
    this.tables.count('refreshes', 1);
    this.spares.register(next, first, pages);
  }

  /** The newest ready shadow of these very pages, NULL when there is none. */
  private takeSpare(first: number, pages: number): number {
    const spare = this.spares.search(first, pages);
    if (spare === 0) return NULL;
    const shadow = this.spares.originOf(spare);
    this.mem.journal.mark(STEP_SPARE, shadow, first);
    this.spares.unregister(spare);
    return shadow;
  }

  /** Takes fresh addresses at the high-water mark; those skipped for the alignment are lost. NULL when there are none left. */
  private advance(pages: number, align: number): number {
    const mark = this.mem.ptr(Statics.hwm);
    const shadow = Math.ceil(mark / align) * align;
    const end = shadow + pages * PAGE_SIZE;
    if (end > this.end) return NULL;
    this.mem.journal.mark(STEP_MARK, mark, end);
    this.mem.setPtr(Statics.hwm, end);
    return shadow;
  }

  /** Is there a shadow for a block of `size` bytes, wherever it comes to lie? Asked before an object is moved. */
  private hasRoomFor(size: Size): boolean {
    const pages = Number(unsigned(size)) / PAGE_SIZE + 2;
    if (this.mem.ptr(Statics.hwm) + pages * PAGE_SIZE <= this.end) return true;
    this.kernel.print('warn', LIB, `Cannot create shadow of ${String(Math.floor(pages))} pages: Out of virtual memory`);
    return false;
  }

  /** An aligned object does not begin right behind its word, so the canonical realloc would misplace it: copy. */
  private moveAligned(p: number, object: number, size: Size): number {
    const old = this.canonicalOf(p);
    const bytes = Math.min(this.objects.sizeOf(object), Number(unsigned(size)));
    const fresh = this.malloc(size);
    if (fresh === NULL) return NULL;
    this.mem.journal.mark(STEP_COPY, p, fresh, bytes);
    this.mem.copy(this.mustReach(fresh), old, bytes);
    this.free(p);
    return fresh;
  }

  /** What free and realloc do first: read the word before the object, then look the object up. */
  private check(p: number, call: string): number {
    const outcome = this.access(p - WORD, 'read');
    if (outcome.reaches === undefined) stopAtFault(outcome, `${call}(${pointerText(p)}) reads the word before it`);
    const object = this.objects.search(p);
    if (object === 0) {
      this.kernel.print('err', LIB, `invalid free at ${pointerText(p)}`);
      throw new KernelStop(
        'crash',
        `invalid free at ${pointerText(p)}: the word before it is ${hexDigits(this.mem.ptr(outcome.reaches))}, but no live object begins there`,
      );
    }
    return object;
  }

  private mustReach(p: number): number {
    const outcome = this.access(p, 'write');
    if (outcome.reaches === undefined) stopAtFault(outcome, 'a live object');
    return outcome.reaches;
  }
}

/** Bytes of the kernel beside the heap, zero at first. */
function takeFromArena(mem: SimMemory, bytes: number): number {
  const at = mem.ptr(Statics.arena);
  mem.setPtr(Statics.arena, at + bytes);
  return at;
}
