// The canonical heap's blocks with what Oscar knows of them: whose object a block holds, and which are its own tables and pools.

import { BlockBuilder, BlockTable, type BlockState } from '../../snapshot/blocks';
import type { HeapSnapshot } from '../../snapshot/snapshot';

/** A part of used memory that is known. */
export interface KnownPart {
  readonly base: bigint;
  readonly bytes: number;
  readonly state: Extract<BlockState, 'used' | 'metadata'>;
  /** Bytes asked for; −1 for Oscar's own. */
  readonly asked: number;
  /** First byte of the object. */
  readonly payload: bigint;
  /** Is the part a block of its own, or does it only lie in one? */
  readonly whole: boolean;
}

/** @param parts in any order; those in memory that the canonical heap does not have as used are left out */
export function annotated(canonical: HeapSnapshot, parts: readonly KnownPart[]): BlockTable {
  const { blocks } = canonical;
  const builder = new BlockBuilder(blocks.length);
  const sorted = [...parts].sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : 0));
  let next = 0;
  for (let i = 0; i < blocks.length; i++) {
    const base = blocks.base(i);
    const end = blocks.end(i);
    while (next < sorted.length && sorted[next]!.base < base) next++;
    const here: KnownPart[] = [];
    while (next < sorted.length && sorted[next]!.base < end) here.push(sorted[next++]!);
    if (blocks.state(i) !== 'used' || here.length === 0) {
      builder.add(base, blocks.size(i), blocks.state(i), blocks.sizeClass(i), blocks.asked(i), blocks.payload(i));
      continue;
    }
    const inner = here.filter((p) => !p.whole);
    if (inner.length === here.length) {
      // One block of the canonical allocator: it is what lies in it.
      const part = inner[0]!;
      builder.add(base, blocks.size(i), part.state, blocks.sizeClass(i), part.asked, part.payload);
      continue;
    }
    let at = base;
    for (const part of here) {
      if (!part.whole || part.base < at || part.base + BigInt(part.bytes) > end) continue;
      if (part.base > at) builder.add(at, Number(part.base - at), 'used');
      builder.add(part.base, part.bytes, part.state, orderOrNone(part.bytes), part.asked, part.payload);
      at = part.base + BigInt(part.bytes);
    }
    if (at < end) builder.add(at, Number(end - at), 'used');
  }
  return BlockTable.of(builder);
}

function orderOrNone(bytes: number): number {
  const order = Math.log2(bytes / 4096);
  return Number.isInteger(order) ? order : -1;
}
