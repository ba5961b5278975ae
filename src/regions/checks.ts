// What is wrong with a list of region descriptors. A list made from odd firmware data comes out of Unikraft's own coalescing with
// overlaps and missing memory, and lib/ukboot trusts it; so the final list is checked here, and each finding says whether
// heap_init would notice.

import { PAGE_SIZE, hex } from '../memory/address';
import type { Descriptor, Era, Region, RegionMap } from './descriptor';
import { TOP, checkContext, missingFindings, regionFindings, valueFindings } from './descriptor-checks';
import type { CheckContext, Finding } from './descriptor-checks';
import { eraOf, isHeapCandidate } from './eras';
import type { EraProfile } from './eras';
import { holes, outsideMapping, type ListFinding } from './list-checks';
import { overlaps } from './overlaps';
import type { Extent, Overlap } from './overlaps';
import type { Problem } from './problem';
import { toRegion } from './regions';
import { isSet } from './release';
import type { Architecture, Config, Release } from './release';
import { rangeText, sizeText } from './text';

/** A problem of one descriptor, or of two. */
export interface DescriptorProblem extends Problem {
  /** Index of the descriptor. */
  readonly descriptor: number;
  /** Index of the other one, where two do not fit together. */
  readonly other?: number;
  /** The condition that heap_init asserts and that fails here, as the kernel prints it: the boot stops. */
  readonly assertion?: string;
}

/** With paging, heap_init maps frames at LIBUKBOOT_HEAP_BASE and looks at no descriptor. */
function heapFromPaging(config: Config): boolean {
  return (
    (config['CONFIG_LIBUKBOOT_HEAP_BASE'] ?? 'n') !== 'n' || isSet(config, 'CONFIG_PAGING') || isSet(config, 'CONFIG_LIBUKVMEM')
  );
}

/**
 * Every problem of a list, in the order of the descriptors. The cost is that of one sort.
 *
 * @param arch which addresses exist
 * @param config decides whether the heap comes from paging; by default what the source itself says
 */
export function checkDescriptors(
  map: Pick<RegionMap, 'descriptors' | 'hints'>,
  release: Release,
  arch: Architecture,
  config: Config = map.hints.config ?? {},
): DescriptorProblem[] {
  const found: DescriptorProblem[] = [];
  const extents: Extent[] = [];
  const paging = heapFromPaging(config);
  const contexts: Readonly<Record<Era, CheckContext>> = {
    classic: checkContext('classic', release, arch, paging),
    typed: checkContext('typed', release, arch, paging),
    paged: checkContext('paged', release, arch, paging),
  };
  const era = eraOf(release);
  const foreign = map.descriptors.findIndex((d) => d.era !== era);
  if (foreign >= 0) found.push(otherEra(map.descriptors[foreign]!, foreign, release));
  let previous: Region | undefined;
  for (const [index, descriptor] of map.descriptors.entries()) {
    const context = contexts[descriptor.era];
    const region = toRegion(descriptor, index);
    const add = (findings: Iterable<Finding>): void => {
      for (const finding of findings) found.push(placed(finding, descriptor, index));
    };
    add(valueFindings(descriptor, context));
    add(region === undefined ? missingFindings(descriptor, context) : regionFindings(region, context));
    if (region === undefined) continue;
    if (previous !== undefined && region.pbase < previous.pbase) found.push(outOfOrder(region, previous, descriptor));
    previous = region;
    if (region.type !== 0 || descriptor.era === 'classic') extents.push(extentOf(region, context.profile));
  }
  for (const overlap of overlaps(extents)) {
    // Two arms of one `#if` are never there together.
    if (map.descriptors[overlap.left.index]!.excludes?.includes(overlap.right.index) === true) continue;
    found.push(overlapProblem(overlap, map.descriptors));
  }
  for (const { index, ...finding } of listFindings(extents, map.descriptors, release, arch, paging))
    found.push(placed(finding, map.descriptors[index]!, index));
  return found.sort((a, b) => a.descriptor - b.descriptor);
}

/** What is wrong with the list as a whole. Regions that cannot be there together say nothing about holes. */
function listFindings(
  extents: readonly Extent[],
  descriptors: readonly Descriptor[],
  release: Release,
  arch: Architecture,
  paging: boolean,
): ListFinding[] {
  const sure = descriptors.every((d) => d.condition === undefined && d.excludes === undefined);
  const typed = eraOf(release) !== 'classic';
  return [...(sure && typed ? holes(extents) : []), ...(paging ? [] : outsideMapping(extents, release, arch))];
}

function placed({ field, ...finding }: Finding, descriptor: Descriptor, index: number): DescriptorProblem {
  const where = (field && descriptor.fields[field]?.where) ?? descriptor.where;
  return { ...finding, descriptor: index, ...(where && { where }) };
}

/** The memory that a region covers: whole pages in the paged era. */
function extentOf(region: Region, profile: EraProfile): Extent {
  const paged = profile.era === 'paged';
  const firstByte = region.pbase + (paged && region.pgOff > 0n ? region.pgOff : 0n);
  return {
    index: region.index,
    base: region.pbase,
    end: region.pbase + (paged ? region.pgCount * BigInt(PAGE_SIZE) : region.len),
    free: isHeapCandidate(region.type, region.flags, profile),
    firstByte,
    lastEnd: firstByte + region.len,
  };
}

/** Said once: a list is of one era, and reading it as another is one mistake. */
function otherEra(descriptor: Descriptor, index: number, release: Release): DescriptorProblem {
  const message =
    `This is a ${descriptor.era} descriptor, but release ${release} has ${eraOf(release)} ones ` +
    '(classic up to 0.11, typed in 0.12 to 0.16, paged from 0.17 on). Choose the release that the list is from.';
  return placed({ severity: 'warning', code: 'other-era', message }, descriptor, index);
}

function outOfOrder(region: Region, previous: Region, descriptor: Descriptor): DescriptorProblem {
  const classic = descriptor.era === 'classic';
  const effect = classic
    ? 'The classic list need not be sorted.'
    : 'The kernel sorts its list, and coalescing only swaps neighbours.';
  const message = `${hex(region.pbase)} lies below region ${previous.index} before it, at ${hex(previous.pbase)}. ${effect}`;
  const severity = classic ? 'info' : 'warning';
  return {
    ...placed({ severity, code: 'out-of-order', field: classic ? 'base' : 'pbase', message }, descriptor, region.index),
    other: previous.index,
  };
}

function overlapProblem({ left, right, pagesOnly }: Overlap, descriptors: readonly Descriptor[]): DescriptorProblem {
  const [first, second] = left.index < right.index ? [left, right] : [right, left];
  const shared = (left.end < right.end ? left.end : right.end) - right.base;
  const both = `R${describe(second, descriptors).slice(1)} overlaps ${describe(first, descriptors)}`;
  return { ...placed(verdict(), descriptors[second.index]!, second.index), other: first.index };

  function verdict(): Finding {
    if (pagesOnly) {
      const severity = left.free || right.free ? 'warning' : 'info';
      return { severity, code: 'shared-page', message: `${both} in a page that neither fills.` };
    }
    const by = `${both} by ${sizeText(shared < TOP ? shared : TOP)}`;
    if (left.free && right.free)
      return { severity: 'error', code: 'overlap', message: `${by}: the allocator would get that memory twice.` };
    if (!left.free && !right.free) return { severity: 'warning', code: 'overlap', message: `${by}.` };
    return { severity: 'error', code: 'free-over-used', message: `${by}: the heap would lie over memory that is in use.` };
  }
}

function describe(extent: Extent, descriptors: readonly Descriptor[]): string {
  const name = descriptors[extent.index]!.name ?? '';
  return `region ${extent.index} (${extent.free ? 'free ' : ''}${rangeText(extent.base, extent.end)}${name === '' ? '' : `, ${name}`})`;
}
