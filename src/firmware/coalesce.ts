// ukplat_memregion_list_coalesce (plat/common/memory.c): one pass over neighbours, in which the one of higher priority keeps what both
// cover. What the code gets wrong is done as wrong here: only neighbours are swapped; two overlapping items of one priority lose
// the whole of the second one; a resource that does not fill its pages leaves lengths that are not whole pages.

import { hex } from '../memory/address';
import type { Region } from '../regions/descriptor';
import { eraProfile, typeName, TYPE_FREE } from '../regions/eras';
import { rangeText } from '../regions/text';
import { extentOf, type Change, type ListBuilder } from './builder';
import { assertValid, FREE_PRIORITY, KERNEL_PRIORITY, priorityOf, rounded } from './descriptors';
import { inserted, refusal, replaced, without, EINVAL } from './insert';
import { descriptorLine } from './lines';
import { alignDown, alignUp, contains, overlap, pageBytes, pageCount, u64 } from './numbers';
import { dropped, joined, outside, within, type Dropped } from './pieces';
import type { ListItem, LossReason, PairDecision } from './types';

export const COALESCE = { fn: 'ukplat_memregion_list_coalesce', file: 'plat/common/memory.c' } as const;
const FIXUP = { fn: 'overlapping_mrd_fixup', file: 'plat/common/memory.c' } as const;

/** The call. @throws Stopped at a failed assertion */
export function coalesce(list: ListBuilder, caller: string): bigint {
  const title = `coalesce ${list.items.length} regions`;
  let result = 0n;
  list.call({ kind: 'coalesce', ...COALESCE, caller, title }, () => {
    result = new Pass(list).run();
    return list.profile.coalesce.otherFlags === 'error' ? result : undefined; // void from 0.15 on
  });
  return result;
}

/** What a pair was found to be, before anything is written down. */
type Finding = Omit<Change, 'pair' | 'text'> & {
  readonly text: string;
  readonly outcome: PairDecision['outcome'];
  /** Go on with the next pair? */
  readonly advance: boolean;
};

class Pass {
  private readonly list: ListBuilder;
  private readonly debug: boolean;
  private i = 0;

  constructor(list: ListBuilder) {
    this.list = list;
    this.debug = list.profile.coalesce.merging !== undefined;
  }

  run(): bigint {
    const { list } = this;
    this.say('Coalescing memory region list.');
    while (this.i + 1 < list.items.length) {
      const swapped = this.swap();
      if (!this.pair(swapped)) return EINVAL;
    }
    if (list.profile.coalesce.roundsInPlace && list.items.length > 0) this.alignVbase(this.i);
    return 0n;
  }

  /** ukplat_memregion_swap_if_unordered. */
  private swap(): boolean {
    const { list, i } = this;
    const [left, right] = [list.items[i]!, list.items[i + 1]!];
    const [l, r] = [left.region, right.region];
    if (l.pbase < r.pbase || (l.pbase === r.pbase && u64(l.pbase + l.len) <= u64(r.pbase + r.len))) return false;
    const items = replaced(replaced(list.items, i, right), i + 1, left);
    list.step({
      fn: 'ukplat_memregion_swap_if_unordered',
      text: `swap ${i} and ${i + 1}: ${l.pbase === r.pbase ? 'the right one ends first' : `${hex(r.pbase)} comes before ${hex(l.pbase)}`}`,
      items,
      changed: [i, i + 1],
    });
    return true;
  }

  /** One turn of the loop; false when coalesce returns an error. */
  private pair(swapped: boolean): boolean {
    const { list, i } = this;
    const [left, right] = [list.items[i]!, list.items[i + 1]!];
    this.introduce(left.region, right.region);
    const [lp, rp] = this.priorities(left.region, right.region);
    const rounds = list.profile.coalesce.roundsInPlace;
    const found = this.decide(rounds ? rounded(left) : left, rounds ? rounded(right) : right, lp, rp);
    if (found === undefined) return false;
    const pair = { left: i, right: i + 1, leftPriority: lp, rightPriority: rp, outcome: found.outcome, swapped };
    const items = rounds ? this.restored(found.items ?? list.items, found, left, right, lp, rp) : found.items;
    list.step({ ...found, ...(items && { items }), pair });
    if (found.advance) this.i++;
    return true;
  }

  private introduce(l: Region, r: Region): void {
    const { list } = this;
    const { release } = list.choices;
    this.say('Currently coalescing the following memory regions:');
    this.say(descriptorLine(l, release, list.named));
    this.say(descriptorLine(r, release, list.named));
    if (list.profile.coalesce.asserts === 'priority') list.assert(l.pbase <= r.pbase, 'ml->pbase <= mr->pbase');
    if (list.profile.coalesce.asserts === 'valid') {
      assertValid(list, l, 'ml');
      assertValid(list, r, 'mr');
    }
  }

  private priorities(l: Region, r: Region): [number, number] {
    const { list } = this;
    const asserted = list.profile.coalesce.asserts !== 'none';
    const lp = priorityOf(l, list);
    this.say(`Priority of left memory region: ${lp}`);
    if (asserted) list.assert(lp >= 0, 'ml_prio >= 0');
    const rp = priorityOf(r, list);
    this.say(`Priority of right memory region: ${rp}`);
    if (asserted) list.assert(rp >= 0, 'mr_prio >= 0');
    return [lp, rp];
  }

  /** Undefined: coalesce gives up with −22. */
  private decide(left: ListItem, right: ListItem, lp: number, rp: number): Finding | undefined {
    const { list } = this;
    const [l, r] = [left.region, right.region];
    if (overlap(l.pbase, this.bytes(l), r.pbase, this.bytes(r))) {
      return lp === rp ? this.samePriority(left, right, lp) : this.otherPriority(left, right, lp, rp);
    }
    const { mergesKernel } = list.profile.coalesce;
    const touching = u64(l.pbase + l.len) === r.pbase && lp === rp && l.flags === r.flags;
    if (!touching || (lp === KERNEL_PRIORITY && !mergesKernel)) {
      this.say("No adjustment for these mrd's.");
      return { text: `keep ${this.text(l)} and ${this.text(r)}`, outcome: 'none', advance: true };
    }
    if (list.profile.pageOffsets) {
      list.assert(l.pgOff === 0n, '!ml->pg_off');
      list.assert(r.pgOff === 0n, '!mr->pg_off');
    }
    this.say("Merging two contiguous mrd's.");
    const merged = this.resized(l, { len: u64(l.len + r.len) });
    const pieces = joined([...left.pieces, ...right.pieces]);
    return {
      text: `merge ${this.text(l)} and ${this.text(r)}, which touch`,
      outcome: 'merge-contiguous',
      advance: false,
      items: without(replaced(list.items, this.i, { ...left, region: merged, pieces }), this.i + 1),
      changed: [this.i],
    };
  }

  private samePriority(left: ListItem, right: ListItem, priority: number): Finding | undefined {
    const { list, i } = this;
    const [l, r] = [left.region, right.region];
    const { mergesKernel, otherFlags, merging } = list.profile.coalesce;
    if (!mergesKernel) list.assert(priority !== KERNEL_PRIORITY, 'ml_prio != MRD_PRIO_KRNL_RSRC');
    if (l.flags !== r.flags && otherFlags === 'error') return undefined;
    list.assert(l.flags === r.flags, 'ml->flags == mr->flags');
    if (this.contains(r, l)) return this.deleted(i, left, right, 'duplicate');
    if (this.contains(l, r)) return this.deleted(i + 1, right, left, 'duplicate');
    if (merging !== undefined) this.say(merging);
    // `len` is summed first, and the subtraction uses the sum: what remains is the left one up to the right one's start.
    const merged = this.resized(l, { len: u64(r.pbase - l.pbase) });
    const { base, end } = extentOf(merged, list.profile);
    return {
      text: `merge ${this.text(l)} and ${this.text(r)}: only ${rangeText(l.pbase, r.pbase)} remains`,
      outcome: 'merge-overlapping',
      advance: false,
      items: without(replaced(list.items, i, { ...left, region: merged, pieces: within(left.pieces, base, end) }), i + 1),
      changed: [i],
      lost: dropped([...outside(left.pieces, base, end), ...right.pieces], 'merge-defect'),
    };
  }

  /** overlapping_mrd_fixup, and the deletion after it. */
  private otherPriority(left: ListItem, right: ListItem, lp: number, rp: number): Finding {
    const { list, i } = this;
    this.say("mrd's of different priority overlap!");
    if (list.profile.coalesce.asserts !== 'none') {
      list.assert(rp === FREE_PRIORITY || lp === FREE_PRIORITY, 'mr_prio == MRD_PRIO_FREE || ml_prio == MRD_PRIO_FREE');
    }
    if (lp > rp) {
      if (this.contains(left.region, right.region)) return this.deleted(i + 1, right, left, 'overlapped');
      return this.cutRight(left, right);
    }
    if (this.contains(right.region, left.region)) return this.deleted(i, left, right, 'overlapped');
    return this.cutLeft(left, right);
  }

  /** The right one loses its front. */
  private cutRight(left: ListItem, right: ListItem): Finding {
    const { list, i } = this;
    const [l, r] = [left.region, right.region];
    const pages = list.profile.coalesce.extent === 'pages';
    const len = u64(r.len - u64(l.pbase + l.len - r.pbase));
    if (len === 0n) return this.deleted(i + 1, right, left, 'overlapped');
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
  private cutLeft(left: ListItem, right: ListItem): Finding {
    const { list, i } = this;
    const [l, r] = [left.region, right.region];
    const rest = this.rest(l, r);
    const room = rest === undefined ? undefined : refusal(list, rest);
    const placed = rest !== undefined && room === undefined ? rest : undefined;
    const pages = list.profile.coalesce.extent === 'pages';
    const len = pages ? alignDown(u64(r.pbase - l.pbase)) : u64(r.pbase - l.pbase);
    const cut = this.resized(l, { len });
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
      this.say('Deleting left mrd!');
      return { ...FIXUP, text, outcome, advance: false, items: without(items, i), changed: placed ? [i + 1] : [], lost };
    }
    return { ...FIXUP, text, outcome, advance: true, items, changed: placed ? [i, i + 2] : [i], lost };
  }

  /** The descriptor for what the left one has behind the right one. */
  private rest(l: Region, r: Region): Region | undefined {
    const { rest, extent } = this.list.profile.coalesce;
    const pages = extent === 'pages';
    const len = u64(l.pbase + this.bytes(l) - r.pbase - this.bytes(r));
    const inside = this.contains(l, r);
    if (rest === 'inside' && !inside) return undefined;
    if (rest === 'starts-inside' && (len === 0n || !(r.pbase >= l.pbase && r.pbase < u64(l.pbase + l.len)))) return undefined;
    if (rest === 'left-over' && (!inside || BigInt.asIntN(64, len) <= 0n)) return undefined;
    const base = pages ? alignUp(u64(r.pbase + r.len)) : u64(r.pbase + r.len);
    const common = { index: 0, pbase: base, vbase: base, pgOff: 0n, len, pgCount: pageCount(len), name: '' };
    return { ...common, type: pages ? TYPE_FREE : l.type, flags: l.flags };
  }

  private deleted(index: number, item: ListItem, other: ListItem, reason: LossReason): Finding {
    const { list, i } = this;
    const side = index === i ? 'left' : 'right';
    if (this.debug) this.say(`Deleting ${side} mrd!`);
    const kept = index === i ? replaced(list.items, i + 1, other) : replaced(list.items, i, other);
    return {
      text: `delete the ${side} one, ${this.text(item.region)}: ${this.text(other.region)} has it`,
      outcome: index === i ? 'delete-left' : 'delete-right',
      advance: false,
      items: without(kept, index),
      changed: [i],
      lost: dropped(item.pieces, reason, other.pieces),
    };
  }

  /** T15: what stays as it was, and `vbase` of the entry now at the left one's place. */
  private restored(
    items: readonly ListItem[],
    found: Finding,
    left: ListItem,
    right: ListItem,
    lp: number,
    rp: number,
  ): ListItem[] {
    const { i } = this;
    let out = [...items];
    if (found.advance) {
      const decided = found.items === undefined;
      const at = (index: number, original: ListItem, priority: number): void => {
        const now = decided ? rounded(original) : out[index]!;
        const { pbase, len, pgCount } = original.region;
        out[index] = priority === FREE_PRIORITY ? now : { ...now, region: { ...now.region, pbase, len, pgCount } };
      };
      at(i, left, lp);
      at(i + 1, right, rp);
    }
    const first = out[i];
    if (first !== undefined) out = replaced(out, i, { ...first, region: { ...first.region, vbase: first.region.pbase } });
    return out;
  }

  private alignVbase(index: number): void {
    const item = this.list.items[index]!;
    if (item.region.vbase === item.region.pbase) return;
    const items = replaced(this.list.items, index, { ...item, region: { ...item.region, vbase: item.region.pbase } });
    this.list.step({ text: `vbase of ${hex(item.region.pbase)} follows pbase`, items, changed: [index] });
  }

  private contains(a: Region, b: Region): boolean {
    return contains(a.pbase, this.bytes(a), b.pbase, this.bytes(b));
  }

  private bytes(region: Region): bigint {
    return this.list.profile.coalesce.extent === 'pages' ? pageBytes(region) : region.len;
  }

  private resized(region: Region, { len }: { readonly len: bigint }): Region {
    return { ...region, len, pgCount: pageCount(len) };
  }

  private text(region: Region): string {
    return `${typeName(region.type, eraProfile(this.list.choices.release))} ${rangeText(region.pbase, region.pbase + this.bytes(region))}`;
  }

  private say(text: string): void {
    if (this.debug) this.list.print('debug', text);
  }
}
