// ukplat_mem_init: what the boot page table does not map is taken out of the list; with paging, free memory goes to the frame
// allocator instead (plat/common/memory.c; 0.12 and 0.13: mem_init of plat/kvm/x86/setup.c).

import { hex } from '../memory/address';
import type { Region } from '../regions/descriptor';
import { TYPE_FREE } from '../regions/eras';
import type { Config } from '../regions/release';
import { isSet } from '../regions/release';
import type { ListBuilder } from './builder';
import { assertValid } from './descriptors';
import { replaced, without } from './insert';
import { outsideLine } from './lines';
import { pageBytes, pageCount, u64 } from './numbers';
import { dropped, within } from './pieces';
import { mappedRange } from './profiles';

const PERMISSIONS = 7;

/** CONFIG_HAVE_PAGING, and what selects it. */
export function hasPaging(config: Config): boolean {
  const chosen = ['CONFIG_HAVE_PAGING', 'CONFIG_PAGING', 'CONFIG_LIBUKVMEM'].some((s) => isSet(config, s));
  return chosen || (config.CONFIG_LIBUKBOOT_HEAP_BASE ?? 'n') !== 'n';
}

export function memInit(list: ListBuilder, caller: string): bigint {
  const own = list.profile.way === 'split';
  const head = {
    kind: 'mem_init',
    fn: own ? 'mem_init' : 'ukplat_mem_init',
    file: own ? 'plat/kvm/x86/setup.c' : 'plat/common/memory.c',
    caller,
    title: 'initialise memory',
  } as const;
  return list.call(head, () => (hasPaging(list.choices.config) ? giveToFrames(list) : cutUnmapped(list)))!;
}

/** From the last entry down, until one lies in the mapped range. */
function cutUnmapped(list: ListBuilder): bigint {
  const { end } = mappedRange(list.choices.arch);
  for (let i = list.items.length - 1; i >= 0; i--) {
    const item = list.items[i]!;
    const { region } = item;
    if (list.profile.pageOffsets) assertValid(list, region, 'mrdp');
    const top = u64(region.vbase + region.len);
    const free = region.type === TYPE_FREE;
    if (region.vbase >= end) {
      list.print('info', outsideLine(region.vbase, top));
      const text = `${hex(region.vbase)} lies outside the mapped area`;
      if (!free) list.step({ text: `${text}, and stays: it is not FREE` });
      else list.step({ text: `${text}: delete`, items: without(list.items, i), lost: dropped(item.pieces, 'outside-mapping') });
      continue;
    }
    if (top > end) {
      list.print('info', outsideLine(end, list.profile.pageOffsets ? u64(region.vbase + pageBytes(region)) : top));
      crossing(list, i, end, top);
    } else list.step({ text: `${hex(region.vbase)} is mapped whole: stop here` });
    break;
  }
  return 0n;
}

function crossing(list: ListBuilder, i: number, end: bigint, top: bigint): void {
  const item = list.items[i]!;
  const { region } = item;
  const text = `${hex(region.vbase)} crosses the end of the mapped area`;
  if (region.type !== TYPE_FREE) {
    list.step({ text: `${text}, and stays: it is not FREE` });
    return;
  }
  const len = u64(region.len - (top - end));
  const cut: Region = { ...region, len, pgCount: pageCount(len) };
  list.step({
    text: `${text}: cut to ${hex(end)}`,
    items: replaced(list.items, i, { ...item, region: cut, pieces: within(item.pieces, region.pbase, end) }),
    changed: [i],
    lost: dropped(within(item.pieces, end, 1n << 65n), 'outside-mapping'),
  });
}

/** ukplat_paging_init: free regions are no longer mapped, their frames belong to the frame allocator. */
function giveToFrames(list: ListBuilder): bigint {
  for (const [i, item] of list.items.entries()) {
    const { region } = item;
    if ((region.type & TYPE_FREE) === 0) continue;
    const given: Region = { ...region, vbase: (1n << 64n) - 1n, flags: region.flags & ~PERMISSIONS };
    list.step({
      fn: 'ukplat_paging_init',
      file: 'plat/common/paging.c',
      text: `${hex(region.pbase)}: its frames go to the frame allocator`,
      items: replaced(list.items, i, { ...item, region: given }),
      changed: [i],
    });
  }
  return 0n;
}
