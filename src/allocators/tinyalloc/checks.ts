// Holds the blocks that tinyalloc's descriptors stand for against each other, against `top` and against the limit.

import { hex } from '../../memory/address';
import type { TinyallocBlock } from '../../snapshot/details';
import type { FindingList } from '../../snapshot/findings';
import { Block } from './layout';
import type { TinyallocConfig } from './profiles';

export interface Extent {
  /** First byte after the table. */
  readonly from: bigint;
  readonly top: bigint;
  readonly limit: bigint;
}

/** The order of `free`, which its sorted insert and the compaction keep. */
export function checkFreeOrder(free: readonly TinyallocBlock[], config: TinyallocConfig, findings: FindingList): void {
  if (!config.compacts) return;
  for (let i = 1; i < free.length; i++) {
    const [before, block] = [free[i - 1]!, free[i]!];
    const link = before.descriptor + BigInt(Block.next);
    if (block.addr < before.addr) {
      findings.add(
        'error',
        'unsorted',
        `free: ${hex(block.addr)} follows ${hex(before.addr)}: the list is sorted by address`,
        link,
      );
    } else if (before.addr + before.size === block.addr) {
      const message = `free: ${hex(before.addr)} and ${hex(block.addr)} touch and were not merged`;
      findings.add('error', 'free-neighbours', message, link);
    }
  }
}

/** Is this a block that can be drawn: inside the heap, without wrapping? */
export function isPlausible({ addr, size }: TinyallocBlock, { from, limit }: Extent): boolean {
  return addr >= from && addr + size <= limit;
}

/** Every byte from the table's end to `top` belongs to exactly one block; blocks never move. */
export function checkExtent(blocks: readonly TinyallocBlock[], extent: Extent, findings: FindingList): void {
  const { from, top, limit } = extent;
  if (from > limit) {
    const message = `the descriptor table ends at ${hex(from)}, ${from - limit} bytes past the region's end ${hex(limit)}: init wrote into foreign memory, and every request gets NULL. The region is too small for CONFIG_LIBTINYALLOC_HEAP_BLOCKS`;
    findings.add('error', 'table-past-end', message, limit);
  } else if (top > limit) {
    findings.add('error', 'top-past-limit', `top is ${hex(top)}, the limit ${hex(limit)}`, top);
  }
  const sorted = blocks.filter((b) => isPlausible(b, extent)).sort((a, b) => (a.addr < b.addr ? -1 : a.addr > b.addr ? 1 : 0));
  let reached = from;
  for (const { addr, size, descriptor } of sorted) {
    if (addr < reached) {
      findings.add(
        'error',
        'overlap',
        `block ${hex(addr)} begins inside the one before it, which ends at ${hex(reached)}`,
        descriptor,
      );
    } else if (addr > reached) {
      findings.add('error', 'gap', `no descriptor stands for ${hex(reached)} – ${hex(addr)}`, reached);
    }
    if (addr + size > reached) reached = addr + size;
  }
  if (reached > top) {
    const why = 'a request near 2^64 wraps, succeeds and moves top down; what is handed out next overlaps live blocks';
    findings.add('error', 'top-below-block', `top ${hex(top)} lies below the end of a block, ${hex(reached)}: ${why}`, reached);
  } else if (reached < top && from <= limit) {
    findings.add('error', 'gap', `no descriptor stands for ${hex(reached)} – ${hex(top)}, up to top`, reached);
  }
  for (const block of blocks) {
    if (isPlausible(block, extent)) continue;
    const at = block.descriptor + BigInt(Block.addr);
    if (block.size >= 1n << 63n) {
      const message = `block ${hex(block.addr)} has ${hex(block.size)} bytes: a request near 2^64 wrapped and succeeded`;
      findings.add('error', 'wrapped-size', message, block.descriptor + BigInt(Block.size));
    } else {
      const message = `descriptor ${hex(block.descriptor)} says block ${hex(block.addr)} of ${block.size} bytes, outside ${hex(from)} – ${hex(limit)}`;
      findings.add('error', 'outside', message, at);
    }
  }
}
