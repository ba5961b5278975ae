// What became of each region: as the boot decided it, or for a dump as far as the heap itself shows.

import type { Decision } from '../../boot/decision';
import type { RegionMap } from '../../regions/descriptor';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import { regionSpans } from '../spans';
import type { Subject } from '../subject';

/** Of a dump: regions in which the heap has memory, in the order of its areas; the others are unknown where the heap was read in part. */
export function decisionsOf(
  subject: Subject,
  map: RegionMap | undefined,
  snapshot: HeapSnapshot | undefined,
): readonly Decision[] {
  if (subject.kind === 'simulation') return subject.simulation.decisions();
  if (map === undefined || snapshot === undefined) return [];
  const free = regionSpans(map, subject.release).filter((s) => s.look === 'free');
  const held = snapshot.areas.flatMap((area): Decision[] => {
    const span = free.find((s) => area.base >= s.base && area.base < s.end);
    return span === undefined ? [] : [{ region: span.index, kind: area.by, reason: "The heap's own records have it." }];
  });
  if (snapshot.absent.length === 0) return held;
  const rest = free.filter((s) => !held.some((d) => d.region === s.index));
  return [
    ...held,
    ...rest.map((s): Decision => ({ region: s.index, kind: 'unknown', reason: 'What tells is not in the dump.' })),
  ];
}
