// The panel's frame as SVG, without a panel.

import { allocatorFor } from '../allocators/registry';
import type { AllocatorId } from '../regions/allocator-id';
import type { Reader } from '../memory/reader';
import type { HeapSnapshot } from '../snapshot/snapshot';
import type { Simulation } from '../timeline/simulation';
import { HeapView } from '../view/heap-view';
import type { Subject } from '../view/subject';
import { frameSvg } from '../view/svg';
import { FIRST_VIEWPORT } from '../view/viewport';
import { nameOf } from './files';

/** Pixels of map that are drawn: what a person would scroll through. */
const MAP_HEIGHT = 2400;

export function simulationSvg(simulation: Simulation, path: string): string {
  const { release, arch, allocator } = simulation.input;
  return svgOf({
    kind: 'simulation',
    title: nameOf(path),
    source: 'simulation',
    release,
    arch,
    inspect: inspectorOf(allocator),
    simulation,
  });
}

export function snapshotSvg(snapshot: HeapSnapshot, reader: Reader, path: string): string {
  return svgOf({
    kind: 'dump',
    title: nameOf(path),
    source: 'dump',
    release: snapshot.release,
    arch: 'x86_64',
    inspect: inspectorOf(snapshot.allocator),
    snapshot,
    reader,
  });
}

function inspectorOf(id: AllocatorId): Subject['inspect'] {
  const allocator = allocatorFor(id)!;
  return (reader, snapshot, address) => allocator.inspect(reader, snapshot, address);
}

function svgOf(subject: Subject): string {
  const view = new HeapView(subject);
  view.look({ ...FIRST_VIEWPORT, map: { ...FIRST_VIEWPORT.map, height: MAP_HEIGHT } });
  return frameSvg(view.frame());
}
