// heap_init with paging (0.12+): the free regions went to the frame allocator, and the heap is mapped at CONFIG_LIBUKBOOT_HEAP_BASE.
// Without ukvmem it is all the frames at once; with ukvmem first 16 pages, then a VMA over the rest.

import { hex, NULL, PAGE_SIZE } from '../memory/address';
import { stepKind } from '../memory/steps';
import { KernelStop } from '../allocators/kernel';
import { isSet, type Config } from '../regions/release';
import { TYPE_FREE } from '../regions/eras';
import { parseInteger, sizeText } from '../regions/text';
import { framesAfterPagingInit, pageTablePages } from './frames';
import type { BootContext, BootInput, BootOperation } from './operation';
import { bootProfile } from './profiles';

const FILE = 'lib/ukboot/boot.c';
const PAGE = 4096n;
const DEFAULT_HEAP_BASE = 0x400000000n;
/** Pages that ukvmem's heap starts with. */
const FIRST_PAGES = 16;
/** struct uk_vma on 64-bit targets. */
export const VMA_SIZE = 80;

const STEP_MAP = stepKind(
  'heap_init',
  FILE,
  (base, pages) => `ukplat_page_map: ${String(pages)} pages at ${hex(base)}, read-write`,
);
const STEP_VAS = stepKind('heap_init', FILE, () => "uk_vas_init, uk_vas_set_active: the kernel's virtual address space");
const STEP_VMA = stepKind('heap_init', FILE, (base, bytes) => `uk_vma_map_anon "heap" at ${hex(base)}, ${sizeText(bytes)}`);

/** Does this build take the heap from paging? */
export function usesPaging(release: BootContext['input']['options']['release'], config: Config): boolean {
  if (bootProfile(release).list !== 'typed') return false; // up to 0.11 the platform reports the paged heap as a region
  return config.CONFIG_LIBUKBOOT_HEAP_BASE !== undefined || isSet(config, 'CONFIG_PAGING') || isSet(config, 'CONFIG_LIBUKVMEM');
}

export function heapBase(config: Config): bigint {
  return parseInteger(config.CONFIG_LIBUKBOOT_HEAP_BASE ?? '') ?? DEFAULT_HEAP_BASE;
}

/** The numbers of a paged heap, from regions and configuration alone. */
export interface PagedHeap {
  readonly base: bigint;
  /** Pages that are mapped for the heap, or with ukvmem: of which the VMA is made. */
  readonly pages: bigint;
  readonly vmem: boolean;
  /** Bytes of address space from `base` on that the heap covers. */
  readonly length: bigint;
}

export function pagedHeap(input: BootInput): PagedHeap {
  const { regions, options, freeMemory } = input;
  const base = heapBase(options.config);
  const vmem = isSet(options.config, 'CONFIG_LIBUKVMEM');
  const frames = framesAfterPagingInit(regions, options.config);
  const freeAtFirst = freeMemory?.[0] ?? frames.free;
  // The 16 pages need page tables of their own, as far as none of the kernel's covers them.
  const before = frames.tables.count;
  frames.tables.map(base, base, BigInt(FIRST_PAGES) * PAGE);
  const firstCost = BigInt(FIRST_PAGES + frames.tables.count - before) * PAGE;
  const free = (vmem ? (freeMemory?.[1] ?? freeAtFirst - firstCost) : freeAtFirst) / PAGE;
  const pages = free - pageTablePages(free);
  const length = (vmem ? pages + BigInt(FIRST_PAGES) : pages) * PAGE;
  return { base, pages, vmem, length: length > 0n ? length : 0n };
}

export function pagingOperations(boot: BootContext): readonly BootOperation[] {
  const { regions, options } = boot.input;
  const { base, pages: heapPages, vmem, length: vmaBytes } = pagedHeap(boot.input);
  const start = Number(BigInt.asIntN(64, base));

  const given: BootOperation[] = regions.map((region) => ({
    phase: 'boot',
    kind: 'skip',
    title: `region ${String(region.index)}: ${region.type === TYPE_FREE ? 'frames of the frame allocator' : 'not looked at'}`,
    caller: 'ukplat_paging_init',
    region: region.index,
    run: () => ({
      decision: {
        region: region.index,
        kind: 'skipped',
        reason:
          region.type === TYPE_FREE
            ? `With paging its frames belong to the frame allocator, from which the heap at ${hex(base)} is mapped.`
            : 'With paging heap_init looks at no region.',
      },
    }),
  }));
  const call = (kind: string, title: string, run: BootOperation['run']): BootOperation => ({
    phase: 'boot',
    kind,
    title,
    caller: 'heap_init',
    run,
  });
  const map = (count: bigint): BootOperation =>
    call('map', `map ${String(count)} pages at ${hex(base)}`, () => {
      boot.kernel.mem.journal.mark(STEP_MAP, start, Number(count));
      if (count <= 0n) throw new KernelStop('crash', bootProfile(options.release).withoutHeapText);
      return {};
    });
  const init = (count: bigint): BootOperation => {
    const length = Number(count) * PAGE_SIZE;
    return call('init', `init ${hex(base)} – ${hex(base + count * PAGE)}, ${sizeText(length)}`, () => ({
      ret: boot.init(start, length),
    }));
  };
  if (!vmem) return [...given, map(heapPages), init(heapPages)];

  const restBase = start + FIRST_PAGES * PAGE_SIZE;
  const rest = (heapPages - BigInt(FIRST_PAGES)) * PAGE;
  return [
    ...given,
    map(BigInt(FIRST_PAGES)),
    init(BigInt(FIRST_PAGES)),
    call('map', "activate the kernel's virtual address space", () => {
      boot.kernel.mem.journal.mark(STEP_VAS);
      return {};
    }),
    call('malloc', `VMA "heap" at ${hex(base)}: malloc(${String(VMA_SIZE)})`, () => {
      boot.kernel.mem.journal.mark(STEP_VMA, start, Number(vmaBytes));
      const ret = boot.heap?.malloc(VMA_SIZE) ?? NULL;
      if (ret === NULL) throw new KernelStop('crash', bootProfile(options.release).withoutHeapText);
      return { ret };
    }),
    call('addmem', `addmem ${hex(restBase)} – ${hex(BigInt(restBase) + rest)}, ${sizeText(rest)}`, () => {
      const ret = boot.heap!.addmem(restBase, Number(rest));
      if (ret !== 0) throw new KernelStop('crash', bootProfile(options.release).withoutHeapText);
      return { ret };
    }),
  ];
}
