// ukplat_memregion_list_coalesce (plat/common/memory.c): one pass over neighbours, in which the one of higher priority keeps what both
// cover. What the code gets wrong is done as wrong here: only neighbours are swapped; two overlapping items of one priority lose
// the whole of the second one; a resource that does not fill its pages leaves lengths that are not whole pages.

import { hex } from '../memory/address';
import type { Region } from '../regions/descriptor';
import { eraProfile, typeName } from '../regions/eras';
import { rangeText } from '../regions/text';
import { extentOf, type ListBuilder } from './builder';
import { assertValid, FREE_PRIORITY, KERNEL_PRIORITY, priorityOf, rounded } from './descriptors';
import { cutLeft, cutRight } from './fixup';
import { replaced, without, EINVAL } from './insert';
import { descriptorLine } from './lines';
import { overlap, u64 } from './numbers';
import { bytesOf, covers, resized, type Finding } from './pair';
import { dropped, joined, outside, within } from './pieces';
import type { ListItem, LossReason } from './types';

export const COALESCE = { fn: 'ukplat_memregion_list_coalesce', file: 'plat/common/memory.c' } as const;

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
    if (overlap(l.pbase, bytesOf(l, list), r.pbase, bytesOf(r, list))) {
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
    const merged = resized(l, u64(l.len + r.len));
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
    if (covers(r, l, list)) return this.deleted(i, left, right, 'duplicate');
    if (covers(l, r, list)) return this.deleted(i + 1, right, left, 'duplicate');
    if (merging !== undefined) this.say(merging);
    // `len` is summed first, and the subtraction uses the sum: what remains is the left one up to the right one's start.
    const merged = resized(l, u64(r.pbase - l.pbase));
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
      if (covers(left.region, right.region, list)) return this.deleted(i + 1, right, left, 'overlapped');
      return cutRight(list, i, left, right) ?? this.deleted(i + 1, right, left, 'overlapped');
    }
    if (covers(right.region, left.region, list)) return this.deleted(i, left, right, 'overlapped');
    return cutLeft(list, i, left, right, (text) => this.say(text));
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

  private text(region: Region): string {
    return `${typeName(region.type, eraProfile(this.list.choices.release))} ${rangeText(region.pbase, region.pbase + bytesOf(region, this.list))}`;
  }

  private say(text: string): void {
    if (this.debug) this.list.print('debug', text);
  }
}
