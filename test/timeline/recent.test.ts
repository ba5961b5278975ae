// The heaps that were decoded last serve the steps beside them, and no more are kept than that takes.

import assert from 'node:assert/strict';
import { Recent } from '../../src/timeline/recent';
import { Simulation } from '../../src/timeline/simulation';
import type { HeapSnapshot } from '../../src/snapshot/snapshot';
import { bootOf } from '../view/subjects';

describe('timeline: heaps that were decoded last', () => {
  const heapOf = (length: number) => ({ blocks: { length } }) as unknown as HeapSnapshot;

  it('are decoded once while three others were not asked for since, large ones each time', () => {
    const recent = new Recent();
    const decoded: number[] = [];
    const ask = (operation: number, blocks = 10) => {
      recent.at({ operation, step: 1 }, () => (decoded.push(operation), heapOf(blocks)));
    };
    for (const operation of [1, 2, 1, 3, 1, 2, 4, 3]) ask(operation);
    assert.deepEqual(decoded, [1, 2, 3, 4, 3]);
    decoded.length = 0;
    for (const operation of [7, 7]) ask(operation, 1_000_000);
    assert.deepEqual(decoded, [7, 7]);
  });

  it('are what a run made anew decodes there, also after steps to and fro', () => {
    const regions = [{ base: '0x10000000', len: '0x400000', flags: ['ALLOCATABLE'] }];
    const workload = Array.from({ length: 20 }, (_, id) => ({
      operation: id % 3 === 2 ? ({ op: 'free', of: id - 1 } as const) : ({ op: 'malloc', id, size: 100n } as const),
    }));
    const run = () => {
      const { subject } = bootOf(regions, workload, { release: '0.3.1', allocator: 'oscar' });
      assert.ok(subject.kind === 'simulation' && subject.simulation instanceof Simulation);
      return subject.simulation;
    };
    const simulation = run();
    const moves = ['stepBackOver', 'stepOver', 'stepBack', 'stepBack', 'stepForward', 'stepBackOver', 'stepOver'] as const;
    simulation.seek({ operation: 12, step: 1 });
    for (const move of moves) {
      simulation[move]();
      const fresh = run();
      fresh.seek(simulation.cursor);
      const [got, wanted] = [simulation.snapshot()!, fresh.snapshot()!];
      assert.deepEqual(got.metrics, wanted.metrics);
      assert.deepEqual(got.state, wanted.state);
      assert.equal(simulation.snapshot(), got);
    }
  });
});
