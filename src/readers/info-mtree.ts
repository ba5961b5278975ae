// QEMU's view of physical memory (`info mtree -f`, in a GDB session `monitor info mtree -f`): which addresses are RAM.
//
//   0000000000100000-0000000003ffffff (prio 0, ram): pc.ram @0000000000100000
//
// A block of RAM may be mapped in several parts; `@` is the part's offset in the block.

import type { AddressRange } from '../memory/reader';

/** A stretch of one block of RAM. */
export interface RamRange extends AddressRange {
  /** `pc.ram`, `mach-virt.ram` */
  readonly name: string;
  /** Offset of `base` in the block. */
  readonly offset: bigint;
}

const ROW = /^\s*([0-9a-f]{16})-([0-9a-f]{16}) \(prio -?\d+, (?:ram|rom)\): (\S+)(?: @([0-9a-f]{16}))?/gm;
/** Rows of every address space together; a large machine has some hundred. */
const MOST_ROWS = 10_000;

/** RAM in ascending order, each range once, parts that follow each other joined. Empty when the text shows no such view. */
export function readMemoryTree(text: string): RamRange[] {
  const rows = new Map<string, RamRange>();
  for (const [, start, last, name, offset] of text.matchAll(ROW)) {
    if (rows.size >= MOST_ROWS) break;
    const range = {
      name: name!,
      base: BigInt('0x' + start!),
      end: BigInt('0x' + last!) + 1n,
      offset: BigInt('0x' + (offset ?? '0')),
    };
    if (range.base < range.end) rows.set(`${range.name} ${start!}`, range);
  }
  const joined: RamRange[] = [];
  for (const row of [...rows.values()].sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : 0))) {
    const last = joined.findLastIndex((r) => r.name === row.name);
    const before = joined[last];
    const follows = before !== undefined && row.base <= before.end && row.base - before.base === row.offset - before.offset;
    if (!follows) joined.push(row);
    else if (row.end > before.end) joined[last] = { ...before, end: row.end };
  }
  return joined;
}
