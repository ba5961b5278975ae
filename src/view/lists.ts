// Free lists as their own links give them: an order or class a row, members in list order.

import type { AddressRange } from '../memory/reader';
import type { FreeList, HeapSnapshot } from '../snapshot/snapshot';
import { classText } from './map/labels';
import { counted, countText, hex, percentText, sizeText, spokenSize } from './numbers';

export interface ListMember {
  readonly address: string;
  readonly selected: boolean;
  readonly changed: boolean;
  readonly finding: boolean;
  readonly spoken: string;
}

export interface ListRow {
  /** `o4`, or the list's C name. */
  readonly name: string;
  /** `free_head[4]`. */
  readonly symbol: string;
  readonly memberSize: string;
  readonly count: number;
  readonly members: readonly ListMember[];
  /** Members beyond those listed. */
  readonly more: number;
  readonly bytes: string;
  /** Share of all free bytes, 0 … 1, and as text. */
  readonly share: number;
  readonly shareText: string;
  readonly selected: boolean;
  /** Why the walk did not reach the end; empty when it did. */
  readonly broken: string;
  readonly spoken: string;
}

export interface ListsView {
  /** `walked from free_head[52] at 0x12078 · 23 chunks · orders 13–51 empty`. */
  readonly title: string;
  /** `o0×5 o1×2 … · 23 chunks`, for the folded pane. */
  readonly summary: string;
  readonly rows: readonly ListRow[];
  /** `3 860 chunks, 3.79 GiB ✓ all that is free`; the tick is earned by comparing. */
  readonly sum: string;
}

/** @param most members listed of each list */
export function buildLists(
  snapshot: HeapSnapshot,
  most: number,
  changed: (base: bigint) => boolean,
  selected: AddressRange | undefined,
): ListsView {
  const { lists, metrics } = snapshot;
  const lastUsed = lists.findLastIndex((l) => l.entries.length > 0 || !l.complete);
  const shown =
    snapshot.allocator === 'bbuddy' ? lists.slice(0, lastUsed + 1) : lists.filter((l) => l.entries.length > 0 || !l.complete);
  const bad = new Map(
    snapshot.findings.filter((f) => f.address !== undefined && f.severity !== 'info').map((f) => [f.address!, f.code]),
  );
  const names = namesOf(snapshot, shown);
  const rows = shown.map((list, n): ListRow => {
    const name = names[n]!;
    const bytes = bytesOf(snapshot, list);
    const members = list.entries.slice(0, most).map((address, i): ListMember => {
      const next = list.entries[i + 1];
      return {
        address: hex(address),
        selected: selected !== undefined && address >= selected.base && address < selected.end,
        changed: changed(address),
        finding: bad.has(address),
        spoken: `${String(i + 1)} of ${String(list.entries.length)}, ${hex(address)}, ${i + 1 === list.gap ? 'members are missing behind it' : next === undefined ? 'end of list' : `next ${hex(next)}`}`,
      };
    });
    const share = metrics.free > 0 ? bytes / metrics.free : 0;
    const unit = list.memberSize > 0 ? sizeText(list.memberSize) : '';
    const spoken = `${name.replace(/^o(\d+)$/, 'order $1')}, ${list.entries.length === 0 ? 'empty' : `${counted(list.entries.length, 'chunk')}, ${spokenSize(bytes)}`}`;
    return {
      name,
      symbol: list.name,
      memberSize: unit,
      count: list.entries.length,
      members,
      more: list.entries.length - members.length,
      bytes: list.entries.length === 0 ? '' : sizeText(bytes),
      share,
      shareText: list.entries.length === 0 ? '' : percentText(share),
      selected: selected !== undefined && list.entries.some((a) => a >= selected.base && a < selected.end),
      broken: list.complete ? '' : brokenText(snapshot, list.entries[(list.gap ?? list.entries.length) - 1] ?? list.head),
      spoken,
    };
  });
  return { title: titleOf(snapshot, shown.length), summary: summaryOf(rows), rows, sum: sumText(snapshot, shown) };
}

/**
 * The classes of lists; where several are of one class, what each holds as well: `b4 free`, `b4 local` of a page of mimalloc. What is
 * still alike then, as of two pages of one class, has its C name.
 */
function namesOf(snapshot: HeapSnapshot, lists: readonly FreeList[]): string[] {
  const apart = (names: readonly string[], longer: (list: FreeList, name: string) => string): string[] => {
    const seen = new Map<string, number>();
    for (const name of names) seen.set(name, (seen.get(name) ?? 0) + 1);
    return names.map((name, i) => (seen.get(name) === 1 ? name : longer(lists[i]!, name)));
  };
  const classes = lists.map((l) => classText(snapshot, l.sizeClass) ?? l.name);
  const kinds = apart(classes, ({ name }, text) => `${text} ${name.startsWith('local_free') ? 'local' : name.split(/\W/)[0]!}`);
  return apart(kinds, ({ name }) => name);
}

const sums = new WeakMap<FreeList, number>();

/** Bytes of a list's members; where they are not of one size, summed once a list. */
function bytesOf({ blocks }: HeapSnapshot, list: FreeList): number {
  if (list.memberSize > 0) return list.memberSize * list.entries.length;
  let sum = sums.get(list);
  if (sum === undefined) {
    sum = 0;
    for (const address of list.entries) {
      const i = blocks.lastAtOrBelow(address);
      if (i >= 0 && address < blocks.end(i)) sum += blocks.size(i);
    }
    sums.set(list, sum);
  }
  return sum;
}

/** All members together, held against what the map has as free. */
function sumText(snapshot: HeapSnapshot, lists: readonly FreeList[]): string {
  const chunks = lists.reduce((sum, l) => sum + l.entries.length, 0);
  const bytes = lists.reduce((sum, l) => sum + bytesOf(snapshot, l), 0);
  const { free } = snapshot.metrics;
  const head = `Σ ${counted(chunks, 'chunk')}, ${sizeText(bytes)}`;
  if (lists.some((l) => !l.complete) || free < 0) return head;
  return bytes === free ? `${head} ✓ all that is free` : `${head} of ${sizeText(free)} free`;
}

/** What stopped a walk: the finding on its last member, or one on a list without a place. */
function brokenText(snapshot: HeapSnapshot, last: bigint): string {
  const own = snapshot.findings.find((f) => f.address === last && f.severity !== 'info');
  return own === undefined ? `stopped at ${hex(last)}` : `${own.code}: stopped at ${hex(last)}`;
}

function titleOf(snapshot: HeapSnapshot, shown: number): string {
  const { lists } = snapshot;
  const chunks = lists.reduce((sum, l) => sum + l.entries.length, 0);
  const first = lists[0];
  if (first === undefined) return 'this allocator keeps no free lists';
  const array = first.name.replace(/\[\d+\]$/, '');
  const from =
    lists.length > 1 && array !== first.name
      ? `walked from ${array}[${String(lists.length)}] at ${hex(first.head)}`
      : `walked from ${first.name} at ${hex(first.head)}`;
  const empty = lists.length - lists.filter((l) => l.entries.length > 0 || !l.complete).length;
  const rest =
    snapshot.allocator === 'bbuddy' && shown < lists.length
      ? `orders ${String(shown)}–${String(lists.length - 1)} empty`
      : empty > 0 && snapshot.allocator !== 'bbuddy'
        ? `${countText(empty)} empty`
        : '';
  return [from, counted(chunks, 'chunk'), rest].filter((t) => t !== '').join(' · ');
}

function summaryOf(rows: readonly ListRow[]): string {
  const used = rows.filter((r) => r.count > 0);
  const texts = used.map((r) => `${r.name}×${countText(r.count)}`);
  const head = texts.length <= 4 ? texts.join(' ') : `${texts.slice(0, 2).join(' ')} … ${texts.at(-1)!}`;
  const chunks = counted(
    used.reduce((sum, r) => sum + r.count, 0),
    'chunk',
  );
  return head === '' ? chunks : `${head} · ${chunks}`;
}
