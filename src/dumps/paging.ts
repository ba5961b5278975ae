// Virtual addresses of a dump by physical address: finds the root of the page tables and reads through them. The root is said by a core's
// note or by `info registers`, or looked for: the page whose tables map the kernel to itself, and something at the heap's base.

import type { MemoryImage } from '../memory/image';
import { hex } from '../memory/address';
import { PageWalk } from '../memory/page-walk';
import type { RegionMap } from '../regions/descriptor';
import { heapBase } from '../boot/paging';
import { isSet, type Config } from '../regions/release';

const PAGE = 4096;
const PRESENT = 1n;
const LARGE = 0x80n;
const ADDRESS = 0x000f_ffff_ffff_f000n;
/** Present entries that a root may have; Unikraft's has two or three. */
const MOST_ENTRIES = 64;
/** Stretches of mappings that a search for heaps goes through. */
export const MOST_MAPPINGS = 4096;

export interface FoundRoot {
  readonly walk: PageWalk;
  /** `cr3 in the core's note`, `found by its contents` */
  readonly says: string;
}

/** Did the boot hand its free memory to the frame allocator? Then the heap lies where page tables put it. */
export function isPaged(map: RegionMap | undefined, config: Config): boolean {
  if (isSet(config, 'CONFIG_PAGING') || isSet(config, 'CONFIG_LIBUKVMEM')) return true;
  return (map?.descriptors ?? []).some((d) => d.fields.type?.value === 1n && d.fields.vbase?.value === (1n << 64n) - 1n);
}

/** A root that was said, when it maps anything. */
export function rootAt(image: MemoryImage, root: bigint, from: string): FoundRoot | undefined {
  const walk = new PageWalk(image.reader(), root);
  return walk.mappings(1).length === 0 ? undefined : { walk, says: `page tables at ${hex(root)}, ${from}` };
}

/**
 * Looks for the root: yields the bytes looked at so far.
 *
 * @param anchor an address that the kernel maps to itself: its bootinfo, a symbol
 */
export function* searchRoot(image: MemoryImage, anchor: bigint, config: Config): Generator<number, FoundRoot | undefined> {
  const physical = image.reader();
  const base = heapBase(config);
  const top = image.segments.reduce(
    (end, s) => (s.base + BigInt(s.bytes.length) > end ? s.base + BigInt(s.bytes.length) : end),
    0n,
  );
  let done = 0;
  for (const { base: at, bytes } of image.pieces()) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const first = Number(-at & BigInt(PAGE - 1));
    for (let offset = first; offset + PAGE <= bytes.length; offset += PAGE) {
      if (!mayBeRoot(view, offset, top)) continue;
      const root = at + BigInt(offset);
      const walk = new PageWalk(physical, root);
      if (walk.translate(anchor)?.physical !== anchor || walk.translate(base) === undefined) continue;
      return {
        walk,
        says: `page tables at ${hex(root)}, found by their contents: they map the kernel to itself and ${hex(base)}`,
      };
    }
    done += bytes.length;
    yield done;
  }
  return undefined;
}

/** A table of level 4: few entries are present, none of them a page, all of them lead into memory. */
function mayBeRoot(view: DataView, at: number, top: bigint): boolean {
  let present = 0;
  for (let i = 0; i < PAGE; i += 8) {
    const low = view.getUint32(at + i, true);
    if (low === 0 && view.getUint32(at + i + 4, true) === 0) continue;
    const entry = view.getBigUint64(at + i, true);
    if ((entry & PRESENT) === 0n || (entry & LARGE) !== 0n || (entry & ADDRESS) >= top) return false;
    if (++present > MOST_ENTRIES) return false;
  }
  return present > 0;
}
