// What is wrong with a list as a whole, beyond overlaps: memory that no region covers, and free memory that the kernel has not mapped.

import { hex } from '../memory/address';
import type { Extent } from './overlaps';
import type { Severity } from './problem';
import { compareReleases, type Architecture, type Release } from './release';
import { rangeText, sizeText } from './text';

/** A finding on the list, at one of its descriptors. */
export interface ListFinding {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  /** Index of the descriptor that it is told at. */
  readonly index: number;
}

/** Holes that are told one by one. */
const MOST_HOLES = 32;
const GIB = 1n << 30n;

/** End of what the boot page table maps on KVM (x86_64; QEMU virt on arm64): mem_init takes free memory beyond it out of the list. */
const MAPPED_END: Readonly<Record<Architecture, bigint>> = { x86_64: 4n * GIB, arm64: 255n * GIB };

/**
 * Memory between regions that none of them covers. There may be no memory at all (the hole below 4 GiB of a PC), or the list has lost
 * it: coalescing drops the second of two overlapping regions of one kind.
 */
export function holes(extents: readonly Extent[]): ListFinding[] {
  const sorted = extents.filter((e) => e.end > e.base).sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : 0));
  const found: ListFinding[] = [];
  let more = 0;
  let last = sorted[0];
  for (const extent of sorted) {
    if (last !== undefined && extent.base > last.end) {
      if (found.length < MOST_HOLES) found.push(hole(last, extent.base));
      else more++;
    }
    if (last === undefined || extent.end > last.end) last = extent;
  }
  if (more === 0) return found;
  const message = `There are ${String(more)} more holes between the regions behind this one.`;
  return [...found, { ...found.at(-1)!, message }];
}

function hole({ index, end }: Extent, next: bigint): ListFinding {
  const what = `No region covers ${rangeText(end, next)} behind it (${sizeText(next - end)})`;
  return { severity: 'info', code: 'hole', message: `${what}: if there is memory, the kernel does not know of it.`, index };
}

/** Free regions that lie where the boot page table maps nothing; up to 0.11 the platform has a rule of its own. */
export function outsideMapping(extents: readonly Extent[], release: Release, arch: Architecture): ListFinding[] {
  if (compareReleases(release, '0.12.0') < 0) return [];
  const end = MAPPED_END[arch];
  return extents.flatMap((e): ListFinding[] => {
    if (!e.free || e.end <= end || e.base >= 1n << 52n) return [];
    const what =
      e.base >= end
        ? `It lies behind ${hex(end)}, where the boot page table of KVM ends: mem_init takes it out of the list`
        : `Its last ${sizeText(e.end - end)} lie behind ${hex(end)}, where the boot page table of KVM ends: mem_init cuts them off`;
    const message = `${what}, and a heap there would not be mapped.`;
    return [{ severity: 'warning', code: 'outside-mapping', message, index: e.index }];
  });
}
