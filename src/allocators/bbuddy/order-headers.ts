// malloc on top of pages as lib/ukalloc had it in 0.3: page calls take an order, and the header of a block is one word, that order.
//
//   block = palloc(order)                          align = 4096: the header is alone in its page
//   +-------+----------------------+               +-------+------~------+----------------------+
//   | order | payload              |               | order |  unused     | payload              |
//   +-------+----------------------+               +-------+------~------+----------------------+
//
// Quirks that are kept: sums are not tested for wrapping, so malloc(2^64 − 8) gives a page; an alignment of 0 gives NULL with
// success and loses the page; an aligned block holds room for 8 bytes in front of the object although up to `align` are used, so it may
// be too small by `align − 8`; realloc of an aligned block copies up to `align − 8` bytes from behind it.

import { hex, NULL, PAGE_SIZE, roundUp } from '../../memory/address';
import { stepKind } from '../../memory/steps';
import { KernelStop, ukAssert } from '../kernel';
import { EINVAL, ENOMEM, isPowerOfTwoOrZero, unsigned } from '../layers/base';
import { headerOf } from '../layers/ifpages';
import type { Size } from '../ukalloc';
import { ORDER_BYTES, orderOf, POWERS } from './layout';
import { PowerOfTwoBuddy } from './power-of-two';

const WORD = 8;
/** The largest order whose size the C loop can compute: beyond, its shift leaves 64 bits and it never ends. */
const LAST_ORDER = 51;

const STEP_ORDER = stepKind(
  'uk_malloc_ifpages',
  'lib/ukalloc/alloc.c',
  (block, order) => `write header at ${hex(block)}: order ${String(order)}`,
);

/** bbuddy of 0.3. */
export class OrderBuddy extends PowerOfTwoBuddy {
  /** `uk_malloc_ifpages`. */
  override malloc(size: Size): number {
    if (size === 0) return NULL;
    const block = this.pallocFor(size, WORD);
    return block === NULL ? NULL : block + WORD;
  }

  /** `uk_free_ifpages`. */
  override free(p: number): void {
    if (p === NULL) return;
    const block = blockOf(p);
    this.pfree(block, POWERS[this.orderAt(block)]!);
  }

  /** `uk_posix_memalign_ifpages`. */
  override posixMemalign(align: Size, size: Size): number {
    if (!isPowerOfTwoOrZero(align) || (unsigned(align) & 7n) !== 0n || unsigned(align) > BigInt(PAGE_SIZE)) return EINVAL;
    if (size === 0) {
      this.memptr = NULL;
      return EINVAL;
    }
    const alignment = Number(align);
    const lead = alignment === PAGE_SIZE ? PAGE_SIZE : WORD;
    const block = alignment === 0 ? this.pallocFor(0, 0) : this.pallocFor(size, lead, alignment);
    if (block === NULL) return ENOMEM;
    this.memptr = alignment === 0 ? NULL : roundUp(block + WORD, alignment);
    return 0;
  }

  /** `uk_getmallocsize`: right for malloc, too much by `align − 8` for an aligned block. */
  protected override bytesToKeep(p: number, size: number): number {
    const block = blockOf(p);
    const old = ORDER_BYTES[this.orderAt(block)]! - ((p & (PAGE_SIZE - 1)) === 0 ? PAGE_SIZE : WORD);
    return size < 0 ? old : Math.min(size, old);
  }

  /** palloc for `size + lead` bytes rounded up to `align`, with the order written into the block's first word. */
  private pallocFor(size: Size, lead: number, align = 1): number {
    const real = BigInt.asUintN(64, BigInt.asUintN(64, unsigned(size) + BigInt(lead + align - 1)) & -BigInt(align));
    const pages = Number((real + 4095n) >> 12n);
    const order = pages <= 1 ? 0 : orderOf(pages);
    if (order > LAST_ORDER) throw new KernelStop('wild', `uk_alloc_size_to_order(0x${real.toString(16)}) never ends`);
    const block = this.palloc(POWERS[order]!);
    if (block === NULL) return NULL;
    this.mem.journal.mark(STEP_ORDER, block, order);
    this.mem.setPtr(block, order);
    return block;
  }

  private orderAt(block: number): number {
    const order = this.mem.ptr(block);
    if (!(order >= 0 && order <= LAST_ORDER))
      throw new KernelStop('wild', `the word at ${hex(block)} is ${String(order)}, which is no order`);
    return order;
  }
}

/** `uk_get_real_start`. */
function blockOf(p: number): number {
  ukAssert(p > PAGE_SIZE || p < 0, '(uintptr_t) ptr > __PAGE_SIZE');
  return headerOf(p);
}
