// ukplat_memregion_alloc: takes memory from the start of the first free region that has room, and makes a descriptor of it
// (plat/common/memory.c; 0.12 and 0.13: bootmemory_palloc of plat/kvm/x86/setup.c).

import { hex } from '../memory/address';
import { assertionFailures } from '../regions/assertions';
import { FLAG_READ, FLAG_WRITE, TYPE_FREE } from '../regions/eras';
import { sizeText } from '../regions/text';
import { Stopped, type ListBuilder } from './builder';
import { insertStep, replaced } from './insert';
import { alignUp, contains, pageCount, u64 } from './numbers';
import { dropped, outside, within } from './pieces';
import { mappedRange } from './profiles';
import type { ListItem } from './types';

const PERMISSIONS = 7;

export interface AllocRequest {
  readonly size: bigint;
  /** Name of the type: `STACK`. */
  readonly type: string;
  readonly flags: number;
  readonly caller: string;
  /** What it is for: `stack`. */
  readonly what: string;
}

/** The address, or 0 for NULL. */
export function alloc(list: ListBuilder, { size, type, flags, caller, what }: AllocRequest): bigint {
  const { profile } = list;
  const number = list.type(type);
  const { fn, file } = profile.alloc;
  const title = `${fn}(${size}, ${type}): ${what}`;
  const region = { index: 0, pbase: 0n, vbase: 0n, pgOff: 0n, len: size, pgCount: pageCount(size), type: number, flags };
  return list.call({ kind: 'alloc', fn, file, caller, title, region: { ...region, name: '' } }, () => {
    const need = alignUp(size);
    const len = profile.alloc.keepsLength ? size : need;
    for (const [index, item] of list.items.entries()) {
      if ((item.region.type & TYPE_FREE) === 0) continue;
      if (profile.pageOffsets) assertFree(list, item);
      const start = alignUp(item.region.pbase);
      const end = u64(start + need);
      if (!fits(list, item, start, need)) {
        list.step({ text: `pass over ${hex(item.region.pbase)}: ${sizeText(item.region.len)} are not enough` });
        continue;
      }
      if ((item.region.flags & PERMISSIONS) !== (FLAG_READ | FLAG_WRITE)) {
        list.step({ text: `give up at ${hex(item.region.pbase)}: it is not read-write` });
        return 0n;
      }
      return take(list, index, { start, end, len, type: number, flags: flags | profile.mapFlag, what });
    }
    list.step({ text: 'no free region has room' });
    return 0n;
  })!;
}

function fits(list: ListBuilder, { region }: ListItem, start: bigint, need: bigint): boolean {
  if (!list.profile.alloc.mappedOnly) return region.len >= need;
  const { base, end } = mappedRange(list.choices.arch);
  return contains(base, end - base, start, need) && u64(start + need) <= u64(region.pbase + region.len);
}

interface Taken {
  readonly start: bigint;
  readonly end: bigint;
  readonly len: bigint;
  readonly type: number;
  readonly flags: number;
  readonly what: string;
}

function take(list: ListBuilder, index: number, { start, end, len, type, flags, what }: Taken): bigint {
  const item = list.items[index]!;
  const { region } = item;
  const early = dropped(within(item.pieces, region.pbase, start), 'rounding');
  const pieces = within(item.pieces, start, end);
  const made = { ...region, pbase: start, vbase: start, pgOff: 0n, len, pgCount: pageCount(len), type, flags };
  const rest = outside(within(item.pieces, start, 1n << 65n), start, end);
  const exact = list.profile.way === 'coalesce' && u64(region.len - (start - region.pbase)) === end - start;
  if (exact) {
    const items = replaced(list.items, index, { region: made, pieces, carved: what });
    list.step({
      text: `${hex(start)} fits exactly and is retyped`,
      items,
      changed: [index],
      lost: [...early, ...dropped(rest, 'rounding')],
    });
    return start;
  }
  const left = u64(region.len - (end - region.pbase));
  const smaller = { ...region, pbase: end, vbase: end, len: left, pgCount: pageCount(left) };
  const items = replaced(list.items, index, { region: smaller, pieces: rest });
  list.step({
    text: `take ${sizeText(end - start)} from the start of ${hex(region.pbase)}`,
    items,
    changed: [index],
    lost: early,
  });
  const ret = insertStep(list, { region: { ...made, name: '' }, pieces, carved: what });
  if (ret >= 0n) return start;
  // The C code means to give the memory back, and forgets `pbase`.
  const back = { ...smaller, vbase: region.pbase, len: region.len };
  list.step({
    text: 'restore the free region',
    items: replaced(list.items, index, { region: back, pieces: rest }),
    changed: [index],
  });
  return 0n;
}

function assertFree(list: ListBuilder, { region }: ListItem): void {
  const failure = assertionFailures(region, list.choices.release)[0];
  if (failure === undefined) return;
  const text = failure.kind === 'crash' ? `${failure.text}: ${String(region.type)}` : failure.text;
  throw new Stopped({ kind: failure.kind, message: text.replaceAll('(md)', '(mrd)') });
}
