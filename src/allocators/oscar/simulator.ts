// Oscar's init and attach: which canonical allocator lies underneath, and which preset in front of it.

import { isSet } from '../../regions/release';
import { Globals, type Kernel } from '../kernel';
import type { Allocator, AllocatorOptions } from '../ukalloc';
import { Statics } from './layout';
import { PaperHeap } from './paper';
import { canonicalSymbol, settingsOf } from './settings';
import { Underneath } from './shim';
import { WildeHeap } from './wilde';

export type Oscar = WildeHeap | PaperHeap;

/** The allocator that a build has underneath: the first one, unless an option names another. */
export function canonicalOf(underneath: readonly Allocator[], options: AllocatorOptions): Allocator {
  const chosen = underneath
    .slice(1)
    .find((a) => isSet(options.config, canonicalSymbol(a.id)) && a.profile(options.release) !== undefined);
  return chosen ?? underneath[0]!;
}

/** The options of a build with this allocator below: what choosing it selects is set for all of the kernel. */
export function buildOver(canonical: Allocator, options: AllocatorOptions): AllocatorOptions {
  const selected = (canonical.selects ?? []).map((symbol) => [symbol, 'y'] as const);
  return selected.length === 0 ? options : { ...options, config: { ...options.config, ...Object.fromEntries(selected) } };
}

/** A heap over bytes that hold one already. */
export function attach(kernel: Kernel, canonical: Allocator, options: AllocatorOptions): Oscar {
  const settings = settingsOf(options);
  const underneath = new Underneath(() => canonical.attach(kernel, kernel.mem.ptr(Statics.shimmed), options));
  return settings.preset === 'paper'
    ? new PaperHeap(kernel, options, settings, underneath)
    : new WildeHeap(kernel, options, settings, underneath);
}

/**
 * The constructor of the library, when it has not run yet, then the first `shim_addmem(base, len)`: it makes the canonical heap on
 * these bytes and takes its place as the default allocator.
 *
 * @returns the heap whose struct uk_alloc is the shim, in .bss; undefined when the canonical init gave NULL
 */
export function init(
  kernel: Kernel,
  base: number,
  len: number,
  canonical: Allocator,
  options: AllocatorOptions,
): Oscar | undefined {
  if (kernel.mem.ptr(Globals.uk_alloc_head) !== Statics.shim) attach(kernel, canonical, options).construct();
  const heap = canonical.init(kernel, base, len, options);
  if (heap === undefined) return undefined;
  const oscar = attach(kernel, canonical, options);
  oscar.begin(heap.address);
  return oscar;
}
