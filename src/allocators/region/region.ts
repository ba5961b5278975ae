// What both directions share: registration, and the calls that do nothing.

import { pointerText } from '../../memory/address';
import { stepKind } from '../../memory/steps';
import { ukAssert, type Kernel } from '../kernel';
import { isPowerOfTwoOrZero, unsigned, UkAlloc } from '../layers/base';
import type { Callback } from '../layers/struct';
import type { AllocatorOptions, Size } from '../ukalloc';
import type { RegionProfile } from './profiles';

export const LIB = 'libukallocregion';
export const FILE = 'lib/ukallocregion/region.c';

const STEP_NO_FREE = stepKind('uk_allocregion_free', FILE, () => 'memory is never taken back: nothing changes');
const STEP_NO_ADDMEM = stepKind('uk_allocregion_addmem', FILE, () => 'answers 0 and does nothing: the memory is lost');

export abstract class RegionAlloc extends UkAlloc {
  protected readonly profile: RegionProfile;

  constructor(kernel: Kernel, address: number, options: AllocatorOptions, profile: RegionProfile) {
    super(kernel, address, options);
    this.profile = profile;
  }

  /** Bytes between the two words, modulo 2^64. */
  protected abstract available(): number;

  /** Registers the callbacks of lib/ukallocregion; the backend words of IFMALLOC builds are not written. */
  protected registerCallbacks(): void {
    const { queries } = this.profile;
    const { pageCompat } = this.ukalloc;
    this.register({
      malloc: 'uk_allocregion_malloc',
      calloc: 'uk_calloc_compat',
      realloc: 'uk_realloc_compat',
      posix_memalign: 'uk_allocregion_posix_memalign',
      memalign: 'uk_memalign_compat',
      free: 'uk_allocregion_free',
      palloc: pageCompat ? 'uk_palloc_compat' : null,
      pfree: pageCompat ? 'uk_pfree_compat' : null,
      maxalloc: queries ? 'uk_allocregion_maxalloc' : null,
      availmem: queries ? 'uk_allocregion_availmem' : null,
      pmaxalloc: queries ? 'uk_alloc_pmaxalloc_compat' : null,
      pavailmem: queries ? 'uk_alloc_pavailmem_compat' : null,
      addmem: queries ? 'uk_allocregion_addmem' : null,
    });
  }

  free(p: number): void {
    this.kernel.print('debug', LIB, `${pointerText(this.address)}: Releasing of memory is not supported by ukallocregion`);
    this.mem.journal.mark(STEP_NO_FREE);
    if (p !== 0) this.stats.countFree(0);
  }

  override addmem(base: number, len: number): number {
    if (!this.profile.queries) return super.addmem(base, len);
    this.kernel.print('debug', LIB, `${pointerText(this.address)}: ukallocregion does not support multiple memory regions`);
    this.mem.journal.mark(STEP_NO_ADDMEM);
    return 0;
  }

  override availmem(): number {
    return this.profile.queries ? this.available() : super.availmem();
  }

  override maxalloc(): number {
    return this.profile.queries ? this.available() : super.maxalloc();
  }

  protected has(_callback: Callback): boolean {
    return this.profile.queries;
  }

  /** `uk_realloc_compat` copies all that is asked for, reading past the old block when it grows. */
  protected bytesToKeep(_p: number, size: number): number {
    return size;
  }

  protected assertAlignment(align: Size): void {
    ukAssert(isPowerOfTwoOrZero(align), '((align - 1) & align) == 0');
    ukAssert((unsigned(align) & 7n) === 0n, '(align % sizeof(void *)) == 0');
  }
}
