// The canonical heap's blocks with what Oscar knows of them: whose object a block holds, and which are its own tables and pools.

import { BlockBuilder, BlockTable, type BlockState } from '../../snapshot/blocks';
import type { ShadowObject, ShadowTable } from '../../snapshot/shadow';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import { byAddress } from './ascending';
import { orderOfPages, POOL_BYTES } from './layout';
import type { FoundPools } from './locate';
import type { OscarSettings } from './settings';

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
  const sorted = byAddress(parts, (p) => p.base);
  let next = 0;
  for (let i = 0; i < blocks.length; i++) {
    const base = blocks.base(i);
    const end = blocks.end(i);
    while (next < sorted.length && sorted[next]!.base < base) next++;
    const first = next;
    let whole = false;
    while (next < sorted.length && sorted[next]!.base < end) whole = sorted[next++]!.whole || whole;
    if (blocks.state(i) !== 'used' || first === next) {
      builder.add(base, blocks.size(i), blocks.state(i), blocks.sizeClass(i), blocks.asked(i), blocks.payload(i));
      continue;
    }
    if (!whole) {
      // One block of the canonical allocator: it is what lies in it.
      const part = sorted[first]!;
      builder.add(base, blocks.size(i), part.state, blocks.sizeClass(i), part.asked, part.payload);
      continue;
    }
    let at = base;
    for (let p = first; p < next; p++) {
      const part = sorted[p]!;
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

/** Tables below the root and pools: what the port takes from the canonical heap for itself. */
export function ownParts(tables: readonly ShadowTable[], pools: FoundPools): KnownPart[] {
  const own = (base: bigint, bytes: number): KnownPart => ({
    base,
    bytes,
    state: 'metadata',
    asked: -1,
    payload: base,
    whole: true,
  });
  return [
    ...tables.filter((t) => t.level !== 4).map((t) => own(t.address, 4096)),
    ...[...pools.vmas, ...pools.aliases].map((pool) => own(pool, POOL_BYTES)),
  ];
}

/** With KELLOGS an object has a block of its own, at whose end it lies; pages from palloc are a block in any case. */
export function objectPart(object: ShadowObject, settings: OscarSettings): KnownPart {
  const { canonical, size } = object;
  const pages = canonical % 4096n === 0n && size % 4096 === 0;
  const bytes = 4096 * 2 ** orderOfPages(Math.max(1, Math.ceil(size / 4096)));
  const whole = settings.preset === 'wilde' && (settings.kellogs || pages) && size > 0;
  const base = whole ? canonical - (canonical % BigInt(bytes)) : canonical;
  return { base, bytes: whole ? bytes : size, state: 'used', asked: size, payload: canonical, whole };
}
