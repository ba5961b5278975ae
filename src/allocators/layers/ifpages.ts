// ifpages: malloc on top of an allocator that only hands out pages (lib/ukalloc/alloc.c, uk_*_ifpages).
//
//   block = palloc(n)                                     a pointer p for malloc, or for memalign below a page
//   +---------------------------+-----------------------+
//   | size, num_pages, base     | payload               |  header at p rounded down to a page
//   +---------------------------+-----------------------+
//
//   block = palloc(n), align ≥ a page                     p is page-aligned: header at p − 4096, in the page before
//   +-----~-----+---------------+-----------------------+
//   |  padding  | header …      | payload at p          |
//   +-----~-----+---------------+-----------------------+
//
// The header's form by release: `PageHeader` in profiles.ts. 0.4 … 0.10 have no `size` field.

import { hex, NULL, PAGE_SIZE, roundUp, toNumber } from '../../memory/address';
import { stepKind } from '../../memory/steps';
import { ukAssert, type Kernel } from '../kernel';
import type { AllocatorOptions, Size } from '../ukalloc';
import { EINVAL, ENOMEM, UkAlloc, isPowerOfTwoOrZero, unsigned } from './base';

const FILE = 'lib/ukalloc/alloc.c';
const STEP_HEADER = stepKind('uk_malloc_ifpages', FILE, (p, size, pages, base) => header(p, size, pages, base));
const STEP_ALIGNED_HEADER = stepKind('uk_posix_memalign_ifpages', FILE, (p, size, pages, base) => header(p, size, pages, base));

function header(at: number, size: number, pages: number, base: number): string {
  return `write header at ${hex(at)}: ${String(size)} B asked for, ${String(pages)} page${pages === 1 ? '' : 's'} from ${hex(base)}`;
}

/** Address of the header of a payload pointer: the start of its page, or of the page before when `p` begins one. */
export function headerOf(p: number): number {
  const offset = p & (PAGE_SIZE - 1);
  return offset === 0 ? p - PAGE_SIZE : p - offset;
}

/**
 * Pages that hold `size` + `extra` bytes, with C's wrapping sums: 0 when rounding up wraps, −1 when the sum itself is less than
 * `size`. Exact for every `size_t`.
 */
export function pagesFor(size: Size, extra: number): number {
  if (typeof size === 'number') {
    if (size >= 0 && size < 0x7fff_0000) return (size + extra + 4095) >>> 12; // nearly every request: integers only
    const real = size + extra;
    if (size < 0 && real >= 0) return -1;
    const pages = roundUp(real, PAGE_SIZE) / PAGE_SIZE;
    return pages < 0 ? pages + 2 ** 52 : pages + 0;
  }
  const real = BigInt.asUintN(64, size + BigInt(extra));
  if (real < size) return -1;
  return Number(BigInt.asUintN(64, real + 4095n) >> 12n);
}

/** A page allocator with ifpages on top. */
export abstract class PageAlloc extends UkAlloc {
  /** The header's numbers, near at hand: added bytes, payload offset, and the words of its fields (−1: not in this release). */
  private readonly added: number;
  private readonly payload: number;
  private readonly sizeWord: number;
  private readonly pagesWord: number;
  private readonly baseWord: number;

  constructor(kernel: Kernel, address: number, options: AllocatorOptions) {
    super(kernel, address, options);
    const { added, payload, fields } = this.ukalloc.header;
    this.added = added;
    this.payload = payload;
    this.sizeWord = fields.size === undefined ? -1 : fields.size / 4;
    this.pagesWord = fields.num_pages / 4;
    this.baseWord = fields.base / 4;
  }

  abstract override palloc(pages: Size): number;
  abstract override pfree(p: number, pages: number): void;

  /** `uk_malloc_ifpages`. */
  malloc(size: Size): number {
    if (size === 0) return NULL;
    let pages = pagesFor(size, this.added);
    if (pages < 0) {
      if (this.ukalloc.overflowChecks) return NULL;
      pages = roundUp(Number(BigInt.asIntN(64, unsigned(size))) + this.added, PAGE_SIZE) / PAGE_SIZE; // 0.4: the wrapped sum
    }
    const block = this.palloc(pages);
    if (block === NULL) return NULL;
    if (this.mem.journal.on) this.mem.journal.mark(STEP_HEADER, block, Number(size), pages, block);
    this.writeHeader(block, size, pages, block);
    return block + this.payload;
  }

  /** `uk_free_ifpages`. The header is not cleared, but the page allocator may write over it. */
  free(p: number): void {
    if (p === NULL) return;
    const header = this.mem.at(this.checkedHeader(p)); // begins a page: one translation serves its fields
    const base = this.mem.ptrAt(header + this.baseWord);
    const pages = this.mem.ptrAt(header + this.pagesWord);
    ukAssert(base !== NULL, 'metadata->base != 0');
    ukAssert(pages !== 0, 'metadata->num_pages != 0');
    this.pfree(base, pages);
  }

  /** `uk_posix_memalign_ifpages`. */
  posixMemalign(align: Size, size: Size): number {
    const { header, overflowChecks, storesNullForSizeZero } = this.ukalloc;
    if (!isPowerOfTwoOrZero(align) || (unsigned(align) & 7n) !== 0n) return EINVAL;
    if (size === 0) {
      if (storesNullForSizeZero) this.memptr = NULL;
      return EINVAL;
    }
    const alignment = BigInt.asIntN(64, unsigned(align)) < 0n ? 2 ** 63 : Number(align);
    let pad = header.size;
    let effective = alignment;
    if (alignment > PAGE_SIZE) pad = PAGE_SIZE;
    else if (alignment === PAGE_SIZE) pad = overflowChecks ? 0 : PAGE_SIZE;
    else if (alignment < header.rounded) {
      effective = header.rounded;
      pad = 0;
    }
    const real = BigInt.asUintN(64, unsigned(size) + BigInt(pad) + BigInt(effective));
    if (overflowChecks && real < unsigned(size)) return EINVAL;
    const pages = Number(BigInt.asUintN(64, real + 4095n) >> 12n);
    const block = this.palloc(pages);
    if (block === NULL) return ENOMEM;
    const p = effective <= 2 ** 30 ? roundUp(block + header.size, effective) : alignHuge(block + header.size, effective);
    this.mem.journal.mark(STEP_ALIGNED_HEADER, headerOf(p), Number(size), pages, block);
    this.writeHeader(headerOf(p), size, pages, block);
    this.memptr = p;
    return 0;
  }

  /** `uk_alloc_maxalloc_ifpages`: less H, although malloc adds R, so U11 and U13 can give 8 bytes more than this says. */
  override maxalloc(): number {
    if (!this.has('maxalloc')) return super.maxalloc();
    const pages = this.pmaxalloc();
    if (pages < 0) return pages;
    const bytes = pages * PAGE_SIZE;
    return bytes <= this.ukalloc.header.rounded ? 0 : bytes - this.ukalloc.header.rounded;
  }

  override availmem(): number {
    if (!this.has('availmem')) return super.availmem();
    const pages = this.pavailmem();
    return pages < 0 ? pages : pages * PAGE_SIZE;
  }

  /** The rest of the old block, header pages excluded, at most `size`: stale bytes are carried along. */
  protected bytesToKeep(p: number, size: number): number {
    const { fields } = this.ukalloc.header;
    const header = this.checkedHeader(p);
    const old = this.mem.ptr(header + fields.base) + this.mem.ptr(header + fields.num_pages) * PAGE_SIZE - p;
    return size < 0 ? old : Math.min(size, old);
  }

  private checkedHeader(p: number): number {
    ukAssert(
      p >= PAGE_SIZE + this.ukalloc.header.rounded || p < 0,
      '(uintptr_t) ptr >= __PAGE_SIZE + METADATA_IFPAGES_SIZE_POW2',
    );
    return headerOf(p);
  }

  private writeHeader(at: number, size: Size, pages: number, base: number): void {
    const { mem } = this;
    const word = mem.at(at);
    if (this.sizeWord >= 0) mem.setPtrAt(word + this.sizeWord, typeof size === 'number' ? size : toNumber(size));
    mem.setPtrAt(word + this.pagesWord, pages);
    mem.setPtrAt(word + this.baseWord, base);
  }
}

function alignHuge(value: number, align: number): number {
  return Math.ceil(value / align) * align;
}
