// What coalesce looks at in one descriptor: its priority, its validity, its pages (plat/common/memory.c, include/uk/plat/memory.h).

import type { Region } from '../regions/descriptor';
import { regionAssertions } from '../regions/assertions';
import { eraProfile, typeName } from '../regions/eras';
import { Stopped, type ListBuilder } from './builder';
import { alignDown, alignUp, pageCount, u64 } from './numbers';
import type { ListItem } from './types';

export const FREE_PRIORITY = 0;
export const KERNEL_PRIORITY = 1;
const PRIORITIES: Readonly<Record<string, number>> = {
  FREE: FREE_PRIORITY,
  INITRD: KERNEL_PRIORITY,
  CMDLINE: KERNEL_PRIORITY,
  STACK: KERNEL_PRIORITY,
  DEVICETREE: KERNEL_PRIORITY,
  DEVICE: KERNEL_PRIORITY,
  KERNEL: KERNEL_PRIORITY,
  RESERVED: 2,
};

/** `get_mrd_prio`: −1 for a type that is none, or several. */
export function priorityOf(region: Region, list: ListBuilder): number {
  return PRIORITIES[typeName(region.type, eraProfile(list.choices.release))] ?? -1;
}

/** ukplat_memregion_align_mrd. */
export function rounded(item: ListItem): ListItem {
  const { region } = item;
  const pbase = alignDown(region.pbase);
  const len = u64(alignUp(u64(region.pbase + region.len)) - pbase);
  return { ...item, region: { ...region, pbase, len, pgCount: pageCount(len) } };
}

/** UK_ASSERT_VALID_MRD. */
export function assertValid(list: ListBuilder, region: Region, variable: string): void {
  const profile = eraProfile(list.choices.release);
  for (const check of regionAssertions(list.choices.release).slice(0, 5)) {
    if (check.holds(region, profile)) continue;
    const text = check.kind === 'crash' ? `${check.text}: ${region.type}` : check.text.replaceAll('(md)', `(${variable})`);
    throw new Stopped({ kind: check.kind, message: text });
  }
}
