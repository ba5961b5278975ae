// Areas: how TLSF lays out memory that it is given, at init and (library only) afterwards.

import { NULL, roundDown } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { AreaInfo, Header, PREV_FREE, SIZE_MASK, Tlsf } from './layout';
import type { Pool } from './pool';
import { STEP_AREA, STEP_JOIN, STEP_LINK_AREA, STEP_ZERO_AREA } from './steps';

/** A new area: its info block, the one block in it, and the sentinel. */
interface Area {
  readonly infoBlock: number;
  readonly block: number;
  readonly sentinel: number;
}

/** Payload bytes that a size word says: its low half, flags off. */
function sizeIn(mem: SimMemory, b: number): number {
  return (mem.u32(b + Header.size) & SIZE_MASK) >>> 0;
}

/**
 * Writes the headers of an area of `size` bytes at `a`. The block is used yet: freeing it puts it into its list.
 *
 * Kept on purpose: a size of 2^32 or more is stored whole and read back through a 32-bit mask, so that the sentinel lies where the
 * low half says, and the rest of the memory is lost.
 */
export function makeArea(mem: SimMemory, a: number, size: number): Area {
  const block = a + Header.bytes + AreaInfo.bytes;
  const payload = roundDown(size - 2 * Header.bytes - 2 * AreaInfo.bytes, 16);
  mem.setPtr(a + Header.size, AreaInfo.bytes);
  mem.setPtr(block + Header.size, payload);
  mem.setPtr(block + Header.next, NULL);
  mem.setPtr(block + Header.prev, NULL);
  const held = sizeIn(mem, block);
  const sentinel = block + Header.bytes + held;
  mem.journal.mark(STEP_AREA, a, block, held, sentinel);
  mem.setPtr(sentinel + Header.prev_hdr, block);
  mem.setPtr(sentinel + Header.size, PREV_FREE);
  const info = a + Header.payload;
  mem.setPtr(info + AreaInfo.next, NULL);
  mem.setPtr(info + AreaInfo.end, sentinel);
  return { infoBlock: a, block, sentinel };
}

/**
 * `add_new_area`: gives the pool more memory, joined with areas that adjoin it. Nothing in Unikraft calls it.
 *
 * @returns bytes of the block that the new memory became part of, before it merges with a free block below
 */
export function add_new_area(pool: Pool, a: number, size: number): number {
  const { mem } = pool;
  const { journal } = mem;
  journal.mark(STEP_ZERO_AREA, a, size);
  mem.fill(a, a + size, 0);
  const made = makeArea(mem, a, size);
  let { infoBlock, block, sentinel } = made;
  pool.extend(infoBlock, sentinel);

  const areaHead = pool.pool + Tlsf.area_head;
  let link = areaHead;
  let info = mem.ptr(areaHead);
  while (info !== NULL) {
    const otherInfoBlock = info - Header.payload;
    const otherSentinel = mem.ptr(info + AreaInfo.end);
    const following = mem.ptr(info + AreaInfo.next);
    if (otherInfoBlock === sentinel + Header.bytes) {
      // The new area ends where this one begins: the old sentinel and info block become part of the new block.
      journal.mark(STEP_JOIN, info);
      const first = pool.nextOf(otherInfoBlock);
      mem.setPtr(link, following);
      mem.setPtr(block + Header.size, roundDown(sizeIn(mem, block) + sizeIn(mem, otherInfoBlock) + 2 * Header.bytes, 16));
      mem.setPtr(first + Header.prev_hdr, block);
      sentinel = otherSentinel;
    } else if (otherSentinel + Header.bytes === infoBlock) {
      // This one ends where the new area begins: its sentinel becomes the header of the joined block.
      journal.mark(STEP_JOIN, info);
      mem.setPtr(link, following);
      const flags = mem.u32(otherSentinel + Header.size) & PREV_FREE;
      const joined = roundDown(sizeIn(mem, block) + sizeIn(mem, infoBlock) + 2 * Header.bytes, 16);
      mem.setPtr(otherSentinel + Header.size, joined + flags);
      mem.setPtr(pool.nextOf(otherSentinel) + Header.prev_hdr, otherSentinel);
      block = otherSentinel;
      infoBlock = otherInfoBlock;
    } else link = info + AreaInfo.next;
    info = following;
  }

  const own = infoBlock + Header.payload;
  journal.mark(STEP_LINK_AREA, own, sentinel);
  mem.setPtr(own + AreaInfo.next, mem.ptr(areaHead));
  mem.setPtr(own + AreaInfo.end, sentinel);
  mem.setPtr(areaHead, own);
  pool.free_ex(block + Header.payload);
  return sizeIn(mem, block);
}
