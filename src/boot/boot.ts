// The boot from ukboot's first message about memory to a registered heap, and what the kernel then allocates for itself.

import { hex, NULL, toNumber } from '../memory/address';
import { stepKind } from '../memory/steps';
import { Globals, KernelStop, type Kernel } from '../allocators/kernel';
import { buildOptions } from '../allocators/registry';
import { TYPE_FREE } from '../regions/eras';
import { isSet } from '../regions/release';
import { afterHeapInit, type AfterCall } from './after';
import { listOperations } from './list-operations';
import { BootContext, type BootInput, type BootOperation } from './operation';
import { pagedHeap, pagingOperations, usesPaging } from './paging';
import { bootProfile } from './profiles';
import { LIB, regionOperations } from './region-walk';

const STEP_BEGIN = stepKind('heap_init', 'lib/ukboot/boot.c', () => 'begin heap initialisation');
const STEP_SET = stepKind('ukplat_memallocator_set', 'plat/common/memory.c', (a) => `${hex(a)} becomes the platform's allocator`);

export interface Boot {
  readonly context: BootContext;
  /** From the first insertion into the list, where it is made here, up to and with ukplat_memallocator_set. */
  readonly operations: readonly BootOperation[];
  /** What the kernel allocates for itself right after. */
  readonly after: readonly AfterCall[];
}

export function planBoot(kernel: Kernel, given: BootInput): Boot {
  const input = { ...given, options: buildOptions(given.allocator, given.options) };
  const context = new BootContext(kernel, input);
  const paging = usesPaging(input.options.release, input.options.config);
  const middle = paging ? pagingOperations(context) : regionOperations(context);
  return {
    context,
    operations: [...listOperations(kernel, input.list), begin(context), ...middle, finish(context)],
    after: afterHeapInit(input, paging && isSet(input.options.config, 'CONFIG_LIBUKVMEM')),
  };
}

/**
 * Where a simulator's contiguous memory should lie: over the heap, so over the regions that it will be made of.
 * What lies outside works as well, only slower.
 */
export function memoryWindow(input: BootInput): { readonly base: number; readonly length: number } {
  if (usesPaging(input.options.release, input.options.config)) {
    const { base, length } = pagedHeap(input);
    return { base: toNumber(base), length: Number(length) };
  }
  const typed = bootProfile(input.options.release).list === 'typed';
  const heap = input.regions.filter(
    (r) => (typed ? (r.type & TYPE_FREE) !== 0 : (r.flags & 1) !== 0) && r.len > 0n && r.vbase + r.len <= 2n ** 64n,
  );
  const bases = heap.map((r) => toNumber(r.vbase));
  if (bases.length === 0) return { base: 0, length: 0 };
  const base = bases.reduce((a, b) => Math.min(a, b));
  const end = heap.reduce((top, r) => Math.max(top, toNumber(r.vbase) + Number(r.len)), base);
  return { base, length: end - base };
}

function begin({ kernel, input }: BootContext): BootOperation {
  const announced = !bootProfile(input.options.release).printsEach || input.regions.length > 0;
  return {
    phase: 'boot',
    kind: 'begin',
    title: 'Initialize memory allocator...',
    caller: 'ukplat_entry',
    run: () => {
      kernel.mem.journal.mark(STEP_BEGIN);
      if (announced) kernel.print('info', LIB, 'Initialize memory allocator...');
      return {};
    },
  };
}

function finish(boot: BootContext): BootOperation {
  const { kernel, input } = boot;
  const profile = bootProfile(input.options.release);
  return {
    phase: 'boot',
    kind: 'finish',
    title: 'ukplat_memallocator_set',
    caller: 'ukplat_entry',
    run: () => {
      const heap = boot.heap;
      if (heap === undefined) {
        if (profile.withoutHeap === 'crash') throw new KernelStop('crash', profile.withoutHeapText);
        kernel.print('warn', LIB, profile.withoutHeapText);
        return { failed: true };
      }
      kernel.mem.journal.mark(STEP_SET, heap.address);
      if (kernel.mem.ptr(Globals.memallocator) !== NULL)
        throw new KernelStop('crash', 'Could not set the platform memory allocator');
      kernel.mem.setPtr(Globals.memallocator, heap.address);
      return { ret: 0 };
    },
  };
}
