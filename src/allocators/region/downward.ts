// lib/ukallocregion from 0.20 on: hands out bytes from the top, downward.

import { hex, NULL, pointerText } from '../../memory/address';
import { stepKind } from '../../memory/steps';
import { EINVAL, ENOMEM, unsigned } from '../layers/base';
import type { Kernel } from '../kernel';
import type { AllocatorOptions, Size } from '../ukalloc';
import { Downward } from './layout';
import { FILE, LIB, RegionAlloc } from './region';
import type { RegionProfile } from './profiles';

const STEP_INIT = stepKind('uk_allocregion_init', FILE, (base, pos) => `heap_base = ${hex(base)}, heap_pos = ${hex(pos)}`);
const STEP_BUMP = stepKind('uk_allocregion_bump', FILE, (p) => `heap_pos = ${hex(p)}, which is handed out`);
const STEP_ALIGN = stepKind('uk_allocregion_posix_memalign', FILE, (p) => `heap_pos = ${hex(p)}, which is handed out`);
const STEP_WRONG = stepKind(
  'uk_allocregion_malloc',
  FILE,
  (a) => `passes the address of priv to uk_allocregion_bump, which so looks for its two words at ${hex(a)}, inside the heap`,
);

export class DownwardRegion extends RegionAlloc {
  /** Bytes of the struct with its two words. */
  readonly structSize: number;
  readonly direct = { bump: (size: Size): number => this.bump(this.priv, size) };

  constructor(kernel: Kernel, address: number, options: AllocatorOptions, profile: RegionProfile) {
    super(kernel, address, options, profile);
    this.structSize = this.layout.size + Downward.size;
  }

  setUp(len: number): void {
    const { mem, priv, address } = this;
    this.kernel.print('info', LIB, `Initialize allocregion allocator @ ${pointerText(address)}, len ${String(len)}`);
    mem.journal.mark(STEP_INIT, priv + Downward.size, address + len);
    mem.setPtr(priv + Downward.heap_base, priv + Downward.size);
    mem.setPtr(priv + Downward.heap_pos, address + len);
    this.registerCallbacks();
  }

  /**
   * `uk_allocregion_malloc`. Kept on purpose: it hands `priv` where bump wants the struct, so bump reads its words one
   * `sizeof(struct uk_alloc)` further on. While these bytes are zero, every request is refused.
   */
  malloc(size: Size): number {
    const wrong = this.priv + this.layout.size;
    this.mem.journal.mark(STEP_WRONG, wrong);
    return this.bump(wrong, size);
  }

  posixMemalign(align: Size, size: Size): number {
    this.assertAlignment(align);
    this.memptr = NULL;
    if (size === 0) return EINVAL;
    if (this.lacks(this.priv, size)) {
      this.stats.countAlloc(0, true);
      return ENOMEM;
    }
    const pos = BigInt(this.mem.ptr(this.priv + Downward.heap_pos)) - unsigned(size);
    // The padding is not part of the check: near the end the block may lie over the allocator's own struct or below the region.
    const p = align === 0 ? NULL : Number(BigInt.asIntN(64, pos & -unsigned(align)));
    this.mem.journal.mark(STEP_ALIGN, p);
    this.mem.setPtr(this.priv + Downward.heap_pos, p);
    this.memptr = p;
    this.stats.countAlloc(Number(size), false);
    return 0;
  }

  protected available(): number {
    return this.mem.ptr(this.priv + Downward.heap_pos) - this.mem.ptr(this.priv + Downward.heap_base);
  }

  /** `uk_allocregion_bump`, with its two words at `words`. */
  private bump(words: number, size: Size): number {
    if (size === 0) return NULL;
    if (this.lacks(words, size)) {
      this.stats.countAlloc(0, true);
      return NULL;
    }
    const pos = BigInt(this.mem.ptr(words + Downward.heap_pos)) - unsigned(size);
    const p = Number(BigInt.asIntN(64, pos & -8n));
    this.mem.journal.mark(STEP_BUMP, p);
    this.mem.setPtr(words + Downward.heap_pos, p);
    this.stats.countAlloc(Number(size), false);
    return p;
  }

  /** `heap_pos − heap_base < size`, unsigned. */
  private lacks(words: number, size: Size): boolean {
    const available = this.mem.ptr(words + Downward.heap_pos) - this.mem.ptr(words + Downward.heap_base);
    return unsigned(available) < unsigned(size);
  }
}
