// overlapping_mrd_fixup (plat/common/memory.c): of two items that overlap and have different priorities, the lower one gives way.

import { hex } from '../memory/address';
import type { Region } from '../regions/descriptor';
import { TYPE_FREE } from '../regions/eras';
import { extentOf, type ListBuilder } from './builder';
import { inserted, refusal, replaced, without } from './insert';
import { alignDown, alignUp, pageBytes, pageCount, u64 } from './numbers';
import { bytesOf, covers, resized, type Finding } from './pair';
import { dropped, outside, within, type Dropped } from './pieces';
import type { ListItem } from './types';

const FIXUP = { fn: 'overlapping_mrd_fixup', file: 'plat/common/memory.c' } as const;

/** The right one loses its front; undefined where nothing would be left of it. */
export function cutRight(list: ListBuilder, i: number, left: ListItem, right: ListItem): Finding | undefined {
  const [l, r] = [left.region, right.region];
  const pages = list.profile.coalesce.extent === 'pages';
  const len = u64(r.len - u64(l.pbase + l.len - r.pbase));
  if (len === 0n) return undefined;
  const pbase = u64(l.pbase + (pages ? pageBytes(l) : l.len));
  const cut: Region = { ...r, pbase, vbase: pbase, len, pgCount: pageCount(len) };
  const { base, end } = extentOf(cut, list.profile);
  return {
    ...FIXUP,
    text: `the right one loses its front: ${hex(r.pbase)} → ${hex(pbase)}`,
    outcome: 'cut-right',
    advance: true,
    items: replaced(replaced(list.items, i, left), i + 1, { ...right, region: cut, pieces: within(right.pieces, base, end) }),
    changed: [i + 1],
    lost: [
      ...dropped(within(right.pieces, -1n, base), 'overlapped', left.pieces),
      ...dropped(within(right.pieces, end, 1n << 65n), 'rounding'),
    ],
  };
}

/** The left one is cut where the right one begins; what lies behind that becomes an item of its own. */
export function cutLeft(list: ListBuilder, i: number, left: ListItem, right: ListItem, say: (text: string) => void): Finding {
  const [l, r] = [left.region, right.region];
  const rest = restOf(list, l, r);
  const room = rest === undefined ? undefined : refusal(list, rest);
  const placed = rest !== undefined && room === undefined ? rest : undefined;
  const pages = list.profile.coalesce.extent === 'pages';
  const len = pages ? alignDown(u64(r.pbase - l.pbase)) : u64(r.pbase - l.pbase);
  const cut = resized(l, len);
  const head = within(left.pieces, extentOf(cut, list.profile).base, extentOf(cut, list.profile).end);
  const behind = placed === undefined ? undefined : extentOf(placed, list.profile);
  const remaining = outside(left.pieces, extentOf(cut, list.profile).base, extentOf(cut, list.profile).end);
  const tail = behind === undefined ? [] : within(remaining, behind.base, behind.end);
  const gone = behind === undefined ? remaining : outside(remaining, behind.base, behind.end);
  const under = extentOf(r, list.profile);
  const lost: Dropped[] = [
    ...dropped(within(gone, under.base, under.end), 'overlapped', right.pieces),
    ...dropped(outside(gone, under.base, under.end), room === undefined ? 'rounding' : 'refused'),
  ];
  let items = replaced(replaced(list.items, i, { ...left, region: cut, pieces: head }), i + 1, right);
  if (placed !== undefined) items = inserted(items, { region: placed, pieces: tail }, i + 2);
  const text =
    placed === undefined
      ? `the left one ends where ${hex(r.pbase)} begins`
      : `the left one is split around ${hex(r.pbase)}: the rest begins at ${hex(placed.pbase)}`;
  const outcome = placed === undefined ? 'cut-left' : 'split-left';
  if (len === 0n) {
    say('Deleting left mrd!');
    return { ...FIXUP, text, outcome, advance: false, items: without(items, i), changed: placed ? [i + 1] : [], lost };
  }
  return { ...FIXUP, text, outcome, advance: true, items, changed: placed ? [i, i + 2] : [i], lost };
}

/** The descriptor for what the left one has behind the right one. */
function restOf(list: ListBuilder, l: Region, r: Region): Region | undefined {
  const { rest, extent } = list.profile.coalesce;
  const pages = extent === 'pages';
  const len = u64(l.pbase + bytesOf(l, list) - r.pbase - bytesOf(r, list));
  const inside = covers(l, r, list);
  if (rest === 'inside' && !inside) return undefined;
  if (rest === 'starts-inside' && (len === 0n || !(r.pbase >= l.pbase && r.pbase < u64(l.pbase + l.len)))) return undefined;
  if (rest === 'left-over' && (!inside || BigInt.asIntN(64, len) <= 0n)) return undefined;
  const base = pages ? alignUp(u64(r.pbase + r.len)) : u64(r.pbase + r.len);
  const common = { index: 0, pbase: base, vbase: base, pgOff: 0n, len, pgCount: pageCount(len), name: '' };
  return { ...common, type: pages ? TYPE_FREE : l.type, flags: l.flags };
}
