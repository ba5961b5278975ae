// The memory of a dump as the kernel addresses it: files laid over each other, and page tables where physical memory needs them.

import { MemoryImage, type Piece } from '../memory/image';
import { readerOver, type AddressRange, type Reader } from '../memory/reader';
import type { RegionMap } from '../regions/descriptor';
import type { Architecture, Config } from '../regions/release';
import { isPaged, MOST_MAPPINGS, rootAt, searchRoot, type FoundRoot } from './paging';
import { addRange } from './ranges';
import type { Sources } from './sources';

/** All memory that was given, laid over each other. */
export interface Memory {
  /** The one that the kernel's addresses are looked up in first. */
  readonly image: MemoryImage;
  readonly space: 'physical' | 'virtual';
  readonly virtual?: MemoryImage;
  readonly physical?: MemoryImage;
}

/** Files of one address space are laid over each other, later ones on top. */
export function memoryOf(sources: Sources): Memory {
  const of = (space: 'physical' | 'virtual'): MemoryImage | undefined => {
    const images = sources.memories.filter((m) => m.space === space).map((m) => m.image);
    if (images.length <= 1) return images[0];
    return MemoryImage.of(
      images.flatMap((i) => i.segments),
      images.flatMap((i) => i.zero),
    );
  };
  const [virtual, physical] = [of('virtual'), of('physical')];
  const image = virtual ?? physical ?? MemoryImage.of([]);
  return {
    image,
    space: virtual === undefined ? 'physical' : 'virtual',
    ...(virtual && { virtual }),
    ...(physical && { physical }),
  };
}

/** Virtual memory first; what it lacks through page tables, else as if physical addresses were the kernel's own. */
export function readerOfAll({ virtual, physical }: Memory, root: FoundRoot | undefined): Reader {
  const below = physical === undefined ? undefined : (root?.walk.reader() ?? physical.reader());
  if (virtual === undefined) return below ?? MemoryImage.of([]).reader();
  if (below === undefined) return virtual.reader();
  const above = virtual.reader();
  return readerOver((a, length) => above.bytes(a, length) ?? below.bytes(a, length) ?? above.bytes(a, 1) ?? below.bytes(a, 1));
}

/** The boot's region descriptors, and where in the dump they are, when they are in it. */
export interface FoundMap {
  readonly map: RegionMap;
  readonly address?: bigint;
}

export function* rootOf(
  { physical, virtual }: Memory,
  sources: Sources,
  boot: FoundMap | undefined,
  config: Config,
  arch: Architecture | undefined,
): Generator<number, FoundRoot | undefined> {
  // A dump by virtual address needs none; arm64's tables are of another form.
  if (physical === undefined || virtual !== undefined || arch === 'arm64' || !isPaged(boot?.map, config)) return undefined;
  const { pageTableRoot } = sources;
  const said = pageTableRoot && rootAt(physical, pageTableRoot.address, pageTableRoot.from);
  if (said !== undefined) return said;
  const anchor = boot?.address ?? sources.symbols.get('_uk_alloc_head');
  if (anchor === undefined) return undefined;
  return yield* searchRoot(physical, anchor, config);
}

/** Bytes of a header that must not be cut by the border of a piece. */
const OVERLAP = 48;

/** What a search goes through: all of the dump, by the kernel's addresses. */
export function* piecesOf({ image }: Memory, root: FoundRoot | undefined): Generator<Piece> {
  if (root === undefined) {
    yield* image.pieces(2 ** 20, OVERLAP);
    return;
  }
  // Damaged tables may map the same frames a thousand times: what has been gone through is left out.
  let seen: readonly AddressRange[] = [];
  let left = 2 * image.size + 2 ** 20;
  for (const { base, end, physical } of root.walk.mappings(MOST_MAPPINGS)) {
    const within = { base: physical, end: physical + (end - base) };
    if (seen.some((r) => r.base <= within.base && within.end <= r.end)) continue;
    seen = addRange(seen, within);
    for (const piece of image.pieces(2 ** 20, OVERLAP, within)) {
      yield { base: base + (piece.base - physical), bytes: piece.bytes };
      left -= piece.bytes.length;
      if (left < 0) return;
    }
  }
}
