import assert from 'node:assert/strict';
import { decisionsOf } from '../../../src/view/time/decisions';
import { buildStrip } from '../../../src/view/strip';
import type { DumpSubject } from '../../../src/view/subject';
import { at, MAIN_3, pictured } from '../subjects';

describe('decisions: what became of each region', () => {
  const view = at(pictured(), MAIN_3);
  assert.ok(view.subject.kind === 'simulation');
  const { simulation } = view.subject;
  const { map } = simulation.input;
  const snapshot = view.snapshot!;
  const dump: DumpSubject = {
    kind: 'dump',
    title: 'ram.bin',
    source: 'memory dump',
    release: '0.17.0',
    arch: 'x86_64',
    inspect: () => [],
    reader: simulation.reader(),
    snapshot,
  };

  it('of a simulation are those of its boot', () =>
    assert.deepEqual(decisionsOf(view.subject, map, snapshot), simulation.decisions()));

  it('of a dump are read from the areas of its heap: both regions are used', () => {
    const made = decisionsOf(dump, map, snapshot);
    assert.deepEqual(
      made.map((d) => [d.region, d.kind]),
      [[2, 'init'], [9, 'addmem']],
    ); // prettier-ignore
    assert.deepEqual(buildStrip(map, '0.17.0', made).lines, ['15 regions', 'both FREE used']);
  });

  it('of a dump that lacks some of the heap are unknown where no area is: at least one of two is used', () => {
    const part = { ...snapshot, areas: snapshot.areas.slice(0, 1), absent: [{ base: 0x180000n, end: 0x181000n }] };
    const made = decisionsOf(dump, map, part);
    assert.deepEqual(made.map((d) => d.kind), ['init', 'unknown']); // prettier-ignore
    assert.deepEqual(buildStrip(map, '0.17.0', made).lines, ['15 regions', '≥ 1 of 2 FREE used']);
  });

  it('are none without a heap', () => assert.deepEqual(decisionsOf(dump, map, undefined), []));
});
