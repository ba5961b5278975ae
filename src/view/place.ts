// Everything that is known about one address: the region that it is in, the block, its neighbours, and what was found wrong there.

import type { RegionMap } from '../regions/descriptor';
import type { Release } from '../regions/release';
import type { HeapSnapshot } from '../snapshot/snapshot';
import { hex, sizeText } from './numbers';
import { regionSpans } from './strip';
import type { RegionSpan } from './strip';
import { placeOf } from './where';

export interface Whereabouts {
  /** One sentence: the block, or that there is none. */
  readonly text: string;
  /** `region 9, FREE rw-, 0x180000 – 0x3fdf000, 62.4 MiB`; undefined where the list has no region. */
  readonly region?: string;
  /** Index of that region. */
  readonly index?: number;
  readonly before?: string;
  readonly after?: string;
  /** Findings of the integrity walk at this block. */
  readonly findings: readonly string[];
  /** Is there anything that belongs to this address? */
  readonly known: boolean;
}

/** Where an address is, in a heap, in the list of regions, or both. */
export function whereabouts(
  snapshot: HeapSnapshot | undefined,
  map: RegionMap | undefined,
  release: Release,
  address: bigint,
): Whereabouts {
  const span = map === undefined ? undefined : regionSpans(map, release).find((s) => address >= s.base && address < s.end);
  const place = snapshot === undefined ? undefined : placeOf(snapshot, address);
  const block = place?.block;
  const near = snapshot?.findings.filter(
    (f) =>
      f.address !== undefined &&
      (f.address === address || (block !== undefined && f.address >= BigInt(block.base) && f.address < BigInt(block.end))),
  );
  const inHeap = snapshot?.areas.some((a) => address >= a.base && address < a.end) === true;
  return {
    text: place?.text ?? `${hex(address)}: there is no heap at this step.`,
    ...(span !== undefined && { region: regionText(span), index: span.index }),
    ...(place?.before !== undefined && { before: place.before }),
    ...(place?.after !== undefined && { after: place.after }),
    findings: (near ?? []).slice(0, 5).map((f) => `${f.code}: ${f.message}`),
    known: block !== undefined || inHeap || span !== undefined,
  };
}

function regionText(span: RegionSpan): string {
  return `region ${String(span.index)}, ${span.look} ${span.permissions}, ${hex(span.base)} – ${hex(span.end)}, ${sizeText(span.end - span.base)}`;
}
