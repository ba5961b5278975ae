// Insertion into the list: ukplat_memregion_list_insert and its kind (plat/common/include/uk/plat/common/memory.h).
//
// The list is kept by address only as long as nothing overlaps: insertion walks down from the tail and stops at the first entry that
// ends before the new one begins. A region that overlaps everything moves to the front.

import { hex } from '../memory/address';
import type { Region } from '../regions/descriptor';
import { eraProfile, typeName } from '../regions/eras';
import { rangeText } from '../regions/text';
import { itemOf, type ListBuilder } from './builder';
import { u64 } from './numbers';
import { dropped, outside, within, type Dropped } from './pieces';
import type { ListItem, Piece } from './types';

export const EINVAL = -22n;
export const ENOMEM = -12n;
const MEMORY_H = 'plat/common/include/uk/plat/common/memory.h';
export const INSERT = { fn: 'ukplat_memregion_list_insert', file: MEMORY_H } as const;
const SPLIT = { fn: 'ukplat_memregion_list_insert_split_phys', file: MEMORY_H } as const;

/** `FREE 0x100000…0x7fe0000` */
export function regionText(region: Region, list: ListBuilder): string {
  const start = u64(region.pbase + region.pgOff);
  const name = region.name === '' ? '' : ` “${region.name}”`;
  return `${typeName(region.type, eraProfile(list.choices.release))} ${rangeText(start, start + region.len)}${name}`;
}

/** `ukplat_memregion_list_insert` as a call of its own: index or −22, −12. */
export function insert(
  list: ListBuilder,
  caller: string,
  region: Region,
  pieces: readonly Piece[],
  lost: readonly Dropped[] = [],
): bigint {
  const title = `insert ${regionText(region, list)}`;
  const head = { kind: 'insert', ...INSERT, caller, title, region } as const;
  const [item, cut] = itemOf(region, pieces, list.profile);
  return list.call(head, () => insertStep(list, item, [...lost, ...cut]))!;
}

/** One step of an open call. `lost` went before the item came to the list. */
export function insertStep(list: ListBuilder, item: ListItem, lost: readonly Dropped[] = []): bigint {
  const { region } = item;
  const refused = refusal(list, region);
  if (refused !== undefined) {
    const why = refused === EINVAL ? 'a length of 0' : `all ${list.capacity} descriptors are taken`;
    const text = `refuse ${regionText(region, list)}: ${why}`;
    list.step({ ...INSERT, text, lost: [...lost, ...dropped(item.pieces, 'refused')] });
    return refused;
  }
  let index = list.items.length;
  while (index > 0) {
    const { pbase, len } = list.items[index - 1]!.region;
    if (u64(pbase + len) <= region.pbase) break;
    index--;
  }
  const after = index === 0 ? 'at the front' : `behind ${hex(list.items[index - 1]!.region.pbase)}`;
  list.step({
    ...INSERT,
    text: `insert ${regionText(region, list)} at ${index}, ${after}`,
    items: inserted(list.items, item, index),
    changed: [index],
    lost,
  });
  return BigInt(index);
}

/** −22 or −12 where insertion is refused. */
export function refusal(list: ListBuilder, region: Region): bigint | undefined {
  if (list.profile.refusesEmpty && region.len === 0n) return EINVAL;
  return list.items.length >= list.capacity ? ENOMEM : undefined;
}

export function inserted(items: readonly ListItem[], item: ListItem, index: number): ListItem[] {
  return [...items.slice(0, index), item, ...items.slice(index)];
}

export function without(items: readonly ListItem[], index: number): ListItem[] {
  return [...items.slice(0, index), ...items.slice(index + 1)];
}

export function replaced(items: readonly ListItem[], index: number, item: ListItem): ListItem[] {
  return items.map((old, i) => (i === index ? item : old));
}

/**
 * `ukplat_memregion_list_insert_split_phys`: inserts the parts of a region that no typed entry covers, those of at least `least`
 * bytes. 0, or a negative errno when the list is full.
 */
export function insertSplit(
  list: ListBuilder,
  caller: string,
  region: Region,
  pieces: readonly Piece[],
  least: bigint,
  lost: readonly Dropped[],
): bigint {
  const title = `insert ${regionText(region, list)} around what is there`;
  const head = { kind: 'insert_split', ...SPLIT, caller, title, region } as const;
  return list.call(head, () => {
    let start = region.pbase;
    const end = u64(region.pbase + region.len);
    let rest: readonly Piece[] = pieces;
    let early = lost;
    const put = (base: bigint, stop: bigint): bigint => {
      const part: Region = {
        ...region,
        pbase: base,
        vbase: base,
        len: u64(stop - base),
        pgCount: u64(stop - base + 4095n) / 4096n,
      };
      const [item, cut] = itemOf(part, within(rest, base, stop), list.profile);
      const ret = insertStep(list, item, [...early, ...cut]);
      early = [];
      rest = outside(rest, base, stop);
      return ret;
    };
    for (let i = 0; i < list.items.length; i++) {
      const other = list.items[i]!;
      const { pbase, len, type } = other.region;
      if (!(end > pbase && start < u64(pbase + len)) || type === 0) continue;
      if (start < pbase && pbase - start >= least) {
        const ret = put(start, pbase);
        if (ret < 0n) return ret;
      } else if (start < pbase) {
        list.step({
          ...SPLIT,
          text: `drop ${rangeText(start, pbase)}: less than a page`,
          lost: [...early, ...dropped(within(rest, start, pbase), 'too-small')],
        });
        rest = outside(rest, start, pbase);
        early = [];
      }
      // The C code reads the entry at this index again: where a part was just put in front of it, that part.
      const now = list.items[i]!;
      const next = u64(now.region.pbase + now.region.len);
      const under = within(rest, start, next);
      list.step({
        ...SPLIT,
        text: `go on behind ${regionText(now.region, list)}, at ${hex(next)}`,
        lost: [...early, ...dropped(under, 'overlapped', now.pieces)],
      });
      early = [];
      rest = outside(rest, start, next);
      start = next;
    }
    if (u64(end - start) < least) {
      list.step({
        ...SPLIT,
        text: `drop ${rangeText(start, end)}: less than a page`,
        lost: [...early, ...dropped(rest, 'too-small')],
      });
      return 0n;
    }
    const ret = put(start, end);
    if (rest.length > 0) list.step({ ...SPLIT, text: 'nothing is left', lost: dropped(rest, 'rounding') });
    return ret < 0n ? ret : 0n;
  })!;
}
