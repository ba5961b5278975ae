// Boots whose region list is made from a firmware's map, for tests.

import type { Explainable } from '../../src/explain/explainable';
import { buildList } from '../../src/firmware/build';
import type { ListChoices } from '../../src/firmware/builder';
import type { ListRun } from '../../src/firmware/types';
import type { Region } from '../../src/regions/descriptor';
import { eraOf } from '../../src/regions/eras';
import type { FirmwareMap } from '../../src/regions/firmware-map';
import type { AllocatorId } from '../../src/regions/allocator-id';
import { Simulation } from '../../src/timeline/simulation';
import { classic, mapOf, paged, typed } from './maps';
import type { Descriptor } from '../../src/regions/descriptor';

/** The list of a run as descriptors of its release's era. */
export function descriptorsOf(run: ListRun): Descriptor[] {
  return run.final.map(({ region }) => descriptorOf(region, eraOf(run.release)));
}

export function bootOn(
  firmware: FirmwareMap,
  choices: ListChoices,
  allocator: AllocatorId,
): Explainable & { readonly list: ListRun } {
  const list = buildList(firmware, choices);
  const simulation = Simulation.create({ map: mapOf(...descriptorsOf(list)), ...choices, allocator, workload: [], after: false });
  return Object.create(simulation, { list: { value: list } }) as Simulation & { readonly list: ListRun };
}

function descriptorOf(r: Region, era: ReturnType<typeof eraOf>): Descriptor {
  if (era === 'classic') return classic(r.pbase, r.len, r.flags, r.name);
  if (era === 'typed') return typed(r.pbase, r.len, r.type, r.flags, r.name);
  const made = paged(r.pbase, r.len, r.type, r.flags, r.name);
  const field = (value: bigint): { value: bigint; text: string } => ({ value: BigInt.asUintN(64, value), text: String(value) });
  return { ...made, fields: { ...made.fields, vbase: field(r.vbase), pg_off: field(r.pgOff), pg_count: field(r.pgCount) } };
}
