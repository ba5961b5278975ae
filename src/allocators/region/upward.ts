// lib/ukallocregion of 0.5 … 0.19: hands out the next bytes, upward.

import { hex, hexDigits, NULL, roundUp, toNumber } from '../../memory/address';
import { stepKind } from '../../memory/steps';
import { EINVAL, ENOMEM, unsigned } from '../layers/base';
import type { Kernel } from '../kernel';
import type { AllocatorOptions, Size } from '../ukalloc';
import { Upward } from './layout';
import { FILE, LIB, RegionAlloc } from './region';
import type { RegionProfile } from './profiles';

const STEP_INIT = stepKind('uk_allocregion_init', FILE, (base, top) => `heap_base = ${hex(base)}, heap_top = ${hex(top)}`);
const STEP_MALLOC = stepKind('uk_allocregion_malloc', FILE, (p, base, padding) => moved(p, base, padding));
const STEP_ALIGN = stepKind('uk_allocregion_posix_memalign', FILE, (p, base, padding) => moved(p, base, padding));

function moved(p: number, base: number, padding: number): string {
  return `hand out ${hex(p)}${padding > 0 ? ` after ${String(padding)} B of padding` : ''}; heap_base = ${hex(base)}`;
}

export class UpwardRegion extends RegionAlloc {
  private readonly topAt: number;
  private readonly baseAt: number;

  constructor(kernel: Kernel, address: number, options: AllocatorOptions, profile: RegionProfile) {
    super(kernel, address, options, profile);
    this.topAt = this.priv + Upward.heap_top;
    this.baseAt = this.priv + Upward.heap_base;
  }

  /** The rest of `uk_allocregion_init`. The memory is not cleared. */
  setUp(len: number): void {
    const { mem, address } = this;
    this.kernel.print('info', LIB, `Initialize allocregion allocator @ 0x${hexDigits(address)}, len ${String(len)}`);
    mem.journal.mark(STEP_INIT, this.priv + Upward.size, address + len);
    mem.setPtr(this.topAt, address + len);
    mem.setPtr(this.baseAt, this.priv + Upward.size);
    this.registerCallbacks();
  }

  /**
   * `uk_allocregion_malloc`.
   *
   * Kept on purpose: overflow is tested against `heap_base` as it was *before* alignment. So malloc(0) gives NULL only while
   * `heap_base` is aligned, and a size that wraps by less than the padding succeeds.
   */
  malloc(size: Size): number {
    if (typeof size === 'bigint') return this.refused(); // wraps or passes heap_top wherever the heap is
    const base = this.mem.ptr(this.baseAt);
    const p = base + (-base & 7);
    const end = p + size;
    if (end > this.mem.ptr(this.topAt) || end <= base) return this.refused();
    this.mem.journal.mark(STEP_MALLOC, p, end, p - base);
    this.mem.setPtr(this.baseAt, end);
    this.stats.countAlloc(size, false);
    return p;
  }

  /** `uk_allocregion_posix_memalign`. With align 0 the block is at 0, as the C code computes it. */
  posixMemalign(align: Size, size: Size): number {
    this.assertAlignment(align);
    if (size === 0) {
      if (this.profile.storesNullForSizeZero) this.memptr = NULL;
      return EINVAL;
    }
    const base = this.mem.ptr(this.baseAt);
    const top = this.mem.ptr(this.topAt);
    let p: number;
    if (align === 0) p = 0;
    else if (typeof align === 'number' && align > 0 && align <= 2 ** 30) p = roundUp(base, align);
    else p = roundUpExactly(base, unsigned(align));
    const end = toNumber(BigInt.asUintN(64, BigInt(p) + unsigned(size)));
    if (above(end, top)) {
      this.stats.countAlloc(0, true);
      return ENOMEM;
    }
    if (!above(end, base)) {
      this.stats.countAlloc(0, true);
      return this.profile.wrapError;
    }
    this.mem.journal.mark(STEP_ALIGN, p, end, p - base);
    this.memptr = p;
    this.mem.setPtr(this.baseAt, end);
    this.stats.countAlloc(Number(size), false);
    return 0;
  }

  protected available(): number {
    return this.mem.ptr(this.topAt) - this.mem.ptr(this.baseAt);
  }

  private refused(): number {
    this.stats.countAlloc(0, true);
    return NULL;
  }
}

/** `a > b` for unsigned readings. */
function above(a: number, b: number): boolean {
  return a < 0 === b < 0 ? a > b : a < 0;
}

function roundUpExactly(value: number, align: bigint): number {
  const unsignedValue = BigInt.asUintN(64, BigInt(value));
  return toNumber(BigInt.asUintN(64, (unsignedValue + align - 1n) & -align));
}
