// The input of a recorded boot: its final region list, and the build it was recorded with.

import { readTrace } from '../../src/readers/golden-trace';
import { isAllocatorId } from '../../src/regions/allocator-id';
import { eraOf } from '../../src/regions/eras';
import { parseRelease } from '../../src/regions/release';
import type { SimulationInput } from '../../src/timeline/types';
import { classic, mapOf, paged, typed } from './maps';

export type TraceSource = Pick<SimulationInput, 'map' | 'release' | 'allocator' | 'config' | 'freeMemory'>;

/** @throws when the text is no boot trace of a release and an allocator that are known */
export function parseTraceSource(text: string): TraceSource {
  const { header, lines } = readTrace(text);
  const release = parseRelease(header?.unikraft ?? '');
  const allocator = header?.allocator ?? '';
  if (header === undefined || release === undefined || !isAllocatorId(allocator)) throw new Error('no boot trace');
  const regions = lines.findLast((l) => l.kind === 'regions')?.regions ?? [];
  const freeMemory = lines.flatMap((l) => (l.kind === 'frames' ? [l.freeMemory] : []));
  const era = eraOf(release);
  const make = era === 'typed' ? typed : paged;
  const descriptors = regions.map((r) => {
    const made = era === 'classic' ? classic(r.pbase, r.len, r.flags, r.name) : make(r.pbase, r.len, r.type, r.flags, r.name);
    if (era !== 'paged') return made;
    const field = (value: bigint): { value: bigint; text: string } => ({ value, text: String(value) });
    return { ...made, fields: { ...made.fields, vbase: field(r.vbase), pg_off: field(r.pgOff), pg_count: field(r.pgCount) } };
  });
  return { map: mapOf(...descriptors), release, allocator, config: header.config, ...(freeMemory.length > 0 && { freeMemory }) };
}
